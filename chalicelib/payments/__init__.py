"""Payment orders, from the first request to the money back. Knows citizens' ids and amounts, never what is bought."""
