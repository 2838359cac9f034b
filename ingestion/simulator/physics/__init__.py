"""The physics of the demo plant: air, water, power, weather and people."""
