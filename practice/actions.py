"""The writes of the practice app, each a verb."""
