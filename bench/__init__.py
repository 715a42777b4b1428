"""What pages of the portal cost beside a minimal Django page: `make bench`."""
