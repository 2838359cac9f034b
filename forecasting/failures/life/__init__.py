"""Remaining useful life: how long an asset that runs to failure still has."""
