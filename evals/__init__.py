"""Question sets, graders and the runner that measures what the agent gets right."""
