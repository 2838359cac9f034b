"""Runs over every point and asset of a plant: many at once, gone on with after an interruption."""
