"""Storage of boards: SQL tables, and the view of them in Redis."""
