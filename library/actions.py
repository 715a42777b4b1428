"""The writes of the library app, each a verb."""
