"""``plantroom brief``: what waits, what happened and what is at risk."""
