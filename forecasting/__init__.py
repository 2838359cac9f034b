"""What will happen: forecasts, anomaly and failure models, remaining life."""
