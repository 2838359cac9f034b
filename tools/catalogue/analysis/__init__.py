"""Tools that answer a job as a whole: what isolating costs, what a symptom comes from, energy, comfort, correlation."""
