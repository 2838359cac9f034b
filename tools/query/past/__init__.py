"""What was: readings and questions of an earlier moment, and what has to be noted of them."""
