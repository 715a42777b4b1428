"""Every input of the feedback app passes one of these forms."""
