"""How alarms stand, and what people do to them."""
