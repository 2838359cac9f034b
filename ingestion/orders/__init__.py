"""Work orders as maintenance systems tell them."""
