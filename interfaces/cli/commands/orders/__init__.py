"""Commands about work: orders, plans and parts."""
