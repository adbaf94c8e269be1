"""Applications, the claims that keep them one at a time, and what they spared, as items of the core table."""
