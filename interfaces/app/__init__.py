"""The composition root, and what runs while a plant is served."""
