"""The typed tools through which people, the agent and other systems read and act on the plant."""
