"""Pure data and rules of registration: self-locating ids, sessions, claims on slots, appointments."""
