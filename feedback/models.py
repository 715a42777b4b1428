"""The rows of the feedback app."""
