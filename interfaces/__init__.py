"""Where people and other systems meet the plant: command line, web, and the root that wires everything."""
