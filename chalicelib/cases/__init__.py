"""What a human must look at. Knows which case, of which kind and how it stands, never what it is about."""
