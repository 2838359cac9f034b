"""How nodes hang together: what feeds what, what is part of what and where it is."""
