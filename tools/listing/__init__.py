"""What a list of assets tells of each of them."""
