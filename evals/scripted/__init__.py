"""A language model that says what a file tells it to, so that statements can be judged through the whole agent."""
