"""The web app: a chat beside a live three-dimensional view of the plant."""
