"""What answers to jobs are made of: states of points, isolating devices, causes, meters, baselines, bands, relations between series."""
