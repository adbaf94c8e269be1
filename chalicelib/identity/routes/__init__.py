"""Sessions, face verifications and mandates on the wire: one blueprint each."""
