"""What makes a forecast one that people believe: within what can be, joined to now, and of a regime that has been seen."""
