"""Where registration keeps things: hot session items in their own table, everything else in the core table."""
