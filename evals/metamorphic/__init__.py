"""Sentences that are changed in a way of which the effect is known: what is added must change the answer, or be told."""
