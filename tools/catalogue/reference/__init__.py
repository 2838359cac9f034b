"""Tools over what is written of the plant: its words, its documents, people's notes."""
