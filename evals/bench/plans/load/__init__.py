"""Benchmarks of the load plan: random problems, a check of their plans, and a small plant that answers set points."""
