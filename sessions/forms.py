"""Every input of the sessions app passes one of these forms."""
