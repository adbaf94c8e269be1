"""Departments, the questions put to them, the facts they sign, and the record of each reading. Pure data.

Knows no HTTP and no storage. Other rooms import from here.
"""

from chalicelib.exchange.model.departments import CLIENT, Department, Limits
from chalicelib.exchange.model.facts import Fact, FactStatus, Question, Subject, Value, request_id
from chalicelib.exchange.model.inquiries import Ask, Gathered, Inquiry, Missing, MissingKind
from chalicelib.exchange.model.usages import Basis, Usage

__all__ = [
    "CLIENT",
    "Ask",
    "Basis",
    "Department",
    "Fact",
    "FactStatus",
    "Gathered",
    "Inquiry",
    "Limits",
    "Missing",
    "MissingKind",
    "Question",
    "Subject",
    "Usage",
    "Value",
    "request_id",
]
