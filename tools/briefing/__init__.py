"""A day's briefing as one record: what waits, what happened, what is at risk, and what changed since the one before."""
