"""How much at risk an asset is, and what is ahead of it."""
