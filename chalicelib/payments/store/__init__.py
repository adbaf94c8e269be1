"""Payments as items of the core table: orders, what was told about them, cases for a human, the ledger's days."""
