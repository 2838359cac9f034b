"""Brick models as people publish them, read into our own terms."""
