"""The members app in the Django admin."""
