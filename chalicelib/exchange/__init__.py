"""Data runs between departments instead of people: one port to all of them, every query on the record."""
