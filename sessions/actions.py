"""The writes of the sessions app, each a verb."""
