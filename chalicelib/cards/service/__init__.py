"""What citizens and institutions do with cards, one module per errand."""
