"""Plants as files that other programs read."""
