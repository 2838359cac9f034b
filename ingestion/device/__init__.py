"""The publishing side: a device client that loses nothing."""
