"""Texts from outside that want to be obeyed, and what comes of them with a model that obeys everything."""
