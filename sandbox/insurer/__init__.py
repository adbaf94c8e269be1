"""The city's medical insurance: what it bears of a fee, its own books of it, and how it answers for them."""
