"""Recorded files, played as their devices would have sent them."""
