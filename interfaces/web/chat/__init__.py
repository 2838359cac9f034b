"""The chat page: conversation, steps, charts."""
