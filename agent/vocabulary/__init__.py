"""The words of one plant, free of any language: names, classes, quantities, and what a text mentions of them."""
