"""Asking departments for facts, by what right, and who may see and withdraw that right."""

from chalicelib.exchange.service.exchange import Exchange

__all__ = ["Exchange"]
