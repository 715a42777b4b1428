"""The text of PDFs and office files, read in a process of its own. Nothing here imports Django."""
