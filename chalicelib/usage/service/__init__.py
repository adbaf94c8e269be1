"""Use-cases of the usage log: entering a read, reading the log."""
