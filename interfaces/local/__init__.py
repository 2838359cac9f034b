"""The local endpoint of a home: how a command reaches the process that serves the plant, and what that process does then."""
