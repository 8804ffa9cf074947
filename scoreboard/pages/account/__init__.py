"""Pages on which players register, sign in, and manage their account."""
