"""What the tools about work orders share: codes, orders by number, plans that are due, demand for parts, what happened in which order."""
