"""From a source to the record: one message after another, nothing lost on the way."""
