"""What runs over a whole plant: forecasts of its points, outlooks of its assets, training and verification; resumable, on processes or Dask."""
