"""Maintenance systems that a file describes: the requests that they take and where their answers hold what."""
