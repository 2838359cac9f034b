"""When assets fail: remaining life, the probability of a failure within some days, and which signals say so."""
