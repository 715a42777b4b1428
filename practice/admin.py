"""The practice app in the Django admin."""
