"""Hospitals and pharmacies: their keys, their terminals, and what they do with the events they receive."""
