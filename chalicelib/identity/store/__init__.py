"""Accounts, face verifications and mandates as items of the core table."""
