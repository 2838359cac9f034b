"""The vocabulary of a plant: its model, its ontology, its graph and the questions one can ask of it."""
