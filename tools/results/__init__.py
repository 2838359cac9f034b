"""What tools return: typed results, their evidence, scenes and charts."""
