"""Who did what, for good."""
