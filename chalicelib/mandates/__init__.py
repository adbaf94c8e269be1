"""Family mandates: who may act for whom, by which actions, until when.

Cards, appointments, certificates and the usage log all ask the same one.
"""
