"""Keeping our work orders and those of a maintenance system the same."""
