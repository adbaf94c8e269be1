"""A hospital's rules of registration as data: versioned, tried against history, then activated."""
