"""Backups: a folder with every row as JSON, every file, and a manifest; the same from SQLite and PostgreSQL."""
