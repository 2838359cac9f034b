"""Commands of the load plan."""
