"""The rows of the practice app."""
