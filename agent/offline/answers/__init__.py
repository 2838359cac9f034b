"""From tool results to sentences. Every number, unit and name comes from the results; what is missing is said."""
