"""Who asks: local users, logins, API keys, and the people of a login server; what each of them may do at this plant's site."""
