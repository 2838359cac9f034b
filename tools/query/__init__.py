"""The question language at work: which assets, which points, which values, grouped and ordered."""
