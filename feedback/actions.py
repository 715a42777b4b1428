"""The writes of the feedback app, each a verb."""
