"""What a served plant tells others: systems by webhooks, people by notifications."""
