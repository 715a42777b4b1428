"""The library app in the Django admin."""
