"""Every input of the practice app passes one of these forms."""
