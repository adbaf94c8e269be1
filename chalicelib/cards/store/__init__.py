"""Cards and their uses as items of the core table."""
