"""GraphQL over assets, points, readings, alarms and work orders: what a screen needs, in one request of bounded cost."""
