"""Proposals settled by several processes that are killed in the middle of it: none runs twice, unapproved, or is lost."""
