"""Service items on the wire."""
