"""The planner that needs no key: a sentence becomes a question, a question becomes tool calls, results become sentences."""
