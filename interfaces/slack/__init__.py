"""Slack: questions and answers in threads, notices that people act on, and the record behind both."""
