"""From a sentence to a frame: what is asked, of which assets, about which quantity and time. Languages are data."""
