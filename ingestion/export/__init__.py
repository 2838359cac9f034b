"""History for others: files, and the names that SQL views show beside readings."""
