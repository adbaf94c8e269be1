"""Where certificates are kept: items of the core table."""
