"""Players as the public sees them: their names, and their results on all public boards."""
