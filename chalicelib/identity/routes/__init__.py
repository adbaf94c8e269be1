"""Sessions and face verifications on the wire: one blueprint each."""
