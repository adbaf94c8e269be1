"""The usage log: who read a person's data, when, why; one log for every kind of read."""
