"""Models in their versions: which one is live, which ones are scored beside it, and what each was made from."""
