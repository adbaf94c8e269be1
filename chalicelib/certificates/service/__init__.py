"""Certificates from their request to their paper, and whom they may be about."""
