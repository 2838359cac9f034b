"""The planner: grounds words in the plant, plans tool calls, checks the answer against the evidence."""
