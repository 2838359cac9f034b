"""How far the data of each point can be trusted, judged by what it sent and what its like send."""
