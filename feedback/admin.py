"""The feedback app in the Django admin."""
