"""Sums of the trade on values with units."""
