"""What a conversation keeps, and where it is kept."""
