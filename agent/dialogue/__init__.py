"""One message of a conversation: its questions one after the other, their answers, and what else can be asked."""
