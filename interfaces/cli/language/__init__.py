"""``plantroom language``: the languages that questions are read and answered in."""
