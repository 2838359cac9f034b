"""From results to sentences: a template for each intent and language, and how values, names and times are said."""
