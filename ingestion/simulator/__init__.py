"""The demo plant and its physics: readings as the real plant would send them, with faults on request."""
