"""The rows of the sessions app."""
