"""Results of the tools that answer a job as a whole."""
