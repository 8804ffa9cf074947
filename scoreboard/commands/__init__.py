"""What `python -m scoreboard` can do, a module for each larger command."""
