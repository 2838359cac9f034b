"""From bytes to checked readings: formats, maps, units, clocks."""
