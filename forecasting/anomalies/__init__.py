"""Whether an asset behaves as it should: rules of its trade, its own past, its siblings, and how it shakes."""
