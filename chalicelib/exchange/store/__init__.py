"""What the exchange keeps: who the departments are, who read what, and what people consented to."""

from chalicelib.exchange.store.departments import ExchangeStore

__all__ = ["ExchangeStore"]
