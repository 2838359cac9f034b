"""Briefings as people get them: made once a day, sent, and kept."""
