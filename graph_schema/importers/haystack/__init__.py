"""Sites of Project Haystack, read into our own terms: Zinc, JSON and Turtle say the same records."""
