"""Adapters to AWS, HTTP and time. They know no capability: no card, no appointment, no certificate."""
