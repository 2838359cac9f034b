"""How hard a machine shakes, and which part of its bearing does it."""
