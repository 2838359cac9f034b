"""Changes that are asked for: proposed by anybody, settled by a person, run exactly once."""
