"""Notifications: who is told of what, when and how, until somebody has taken it on."""
