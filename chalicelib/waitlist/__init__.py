"""Waitlist (候补): a prepaid queue for a department's full day. A slot that is given back goes to it first."""
