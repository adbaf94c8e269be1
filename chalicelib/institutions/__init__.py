"""Hospitals and pharmacies as parties: their keys, what they call back, what we tell them."""
