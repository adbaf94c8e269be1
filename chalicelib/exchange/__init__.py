"""Facts travel between departments instead of the citizen: connectors, and the log of who read what."""
