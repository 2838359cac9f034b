"""Rules of the trade for kinds of equipment. Their thresholds are data: each comes with a default and where it is from."""
