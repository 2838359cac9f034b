"""Tools by name: schema from the signature, arguments checked, policy in one place."""
