"""Certificates on the wire: the catalogue and a citizen's requests, and verification by anyone."""
