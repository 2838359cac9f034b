"""How forecasts came out, by what people found when they worked on the asset."""
