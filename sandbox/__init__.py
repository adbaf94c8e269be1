"""The outside world on one machine: an embedded cloud, and everybody the service talks to. Never packaged.

Nothing here may be imported by the service, and the service is reached over its published addresses alone.
"""
