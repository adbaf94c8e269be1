"""What citizens do about mandates, and what other rooms ask of one: a module per errand."""
