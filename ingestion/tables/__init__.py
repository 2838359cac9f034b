"""Tables as other systems write them: which text, which separator, which lines are rows, and what the columns are."""
