"""What runs over a whole plant every night: forecasts of its points, outlooks of its things, scores of earlier forecasts."""
