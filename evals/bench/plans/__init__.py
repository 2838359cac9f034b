"""Maintenance schedules: how soon, how close to the bound, whether every rule is kept, and what a year costs by plan and by rule."""
