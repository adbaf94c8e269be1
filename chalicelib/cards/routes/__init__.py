"""Cards on the wire: one blueprint for citizens, one for terminals."""
