"""What people call classes and quantities: one data file a language. English is not among them, it comes with the ontology."""
