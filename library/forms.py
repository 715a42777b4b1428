"""Every input of the library app passes one of these forms."""
