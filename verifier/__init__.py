"""Checks an electronic certificate without a network: the file, a status list, and keys or a root that one trusts.

It stands alone: it imports nothing of the service, needs `cryptography` and, for PDF files, `pyhanko`. It was written
a second time on purpose, from the formats' own texts, so that whoever doubts the service need not believe it.
"""
