"""The twin library: our own annotations of Brick's classes and quantities, as data files."""
