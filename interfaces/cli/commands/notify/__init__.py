"""``plantroom notify`` and ``plantroom oncall``: who is told of what, and who is on call."""
