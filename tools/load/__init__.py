"""The load plan: how chillers, boilers and what goes with them run over the next day or two, for less money and never at the cost of comfort."""
