"""Plans of a plant: its maintenance schedule and its load plan, with the files that they are made of."""
