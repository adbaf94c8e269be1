"""What institutions do with us: be recognised, call back, be told."""
