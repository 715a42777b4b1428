"""What members bring along from elsewhere, and what they take away: bookmarks, tables, archives."""
