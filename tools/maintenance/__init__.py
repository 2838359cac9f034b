"""Which maintenance job is done by which crew on which day: the model, the solver with its bound, an independent check, and why each job stands where it does."""
