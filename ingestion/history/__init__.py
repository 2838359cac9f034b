"""The record of everything that was measured, in PostgreSQL: partitions, rollups, retention."""
