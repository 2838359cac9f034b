"""What equipment did over a stretch of time: when it ran, where its values went."""
