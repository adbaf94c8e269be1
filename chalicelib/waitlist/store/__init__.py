"""The waitlist's items in the core table."""
