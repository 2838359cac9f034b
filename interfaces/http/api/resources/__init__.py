"""The plant's resources: assets, points, readings, alarms, work orders, forecasts and approvals, in pages with ETags."""
