"""Accounts and face verifications as items of the core table."""
