"""Work that runs later, or that must be tried again: one row each in PostgreSQL, with procrastinate."""
