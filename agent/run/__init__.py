"""One question from words to a checked answer: the graph of steps, and each step."""
