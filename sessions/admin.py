"""The sessions app in the Django admin."""
