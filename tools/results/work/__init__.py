"""Results about work: orders, what is due, parts, and how forecasts came out."""
