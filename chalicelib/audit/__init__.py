"""The data cage: every change of a record's status leaves an entry that no caller can withhold."""
