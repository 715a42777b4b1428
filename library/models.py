"""The rows of the library app."""
