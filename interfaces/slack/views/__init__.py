"""Messages that show what is recorded elsewhere, and are written anew when it changes."""
