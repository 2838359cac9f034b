"""The classes of assets, their quantities and their twin library: Brick 1.5 with our annotations, as data."""
