"""Forecasts and failure models on public data, with the split stated in each module and peers in the same run."""
