"""Accounts, sessions, face verifications and persons: pure data and rules."""
