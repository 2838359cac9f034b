"""The commands for people, keys, and what they did."""
