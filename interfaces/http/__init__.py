"""What every HTTP door of the product shares: whose word counts about a caller, and what a request's body may be."""
