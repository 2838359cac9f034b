"""What the sentences of an answer claim, a module for each kind of claim."""
