"""Tools that answer a whole job at once: how an asset has been doing, what happened, how two sides compare."""
