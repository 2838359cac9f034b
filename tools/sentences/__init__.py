"""How tools speak to people: one data file a language, and what is said with it."""
