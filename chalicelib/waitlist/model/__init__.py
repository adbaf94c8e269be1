"""Pure data and rules of the waitlist: entries and their life, and how likely a slot is."""
