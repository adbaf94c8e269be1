"""Mandates, the slots of a family, and the ages at which a child's consent changes: pure data and rules."""
