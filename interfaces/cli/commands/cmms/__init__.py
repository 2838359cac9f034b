"""``plantroom cmms``: the maintenance system that work orders are kept the same with."""
