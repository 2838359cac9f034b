"""Models of ASHRAE 223P: what is connected to what by which ports, read as who supplies whom."""
