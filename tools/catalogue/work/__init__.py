"""Tools about work on assets."""
