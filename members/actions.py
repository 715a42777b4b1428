"""The writes of the members app, each a verb."""
