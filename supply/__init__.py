"""What is shipped besides our own code: what is known against it, and a list of it."""
