"""Measurements of the whole product on plants of any size."""
