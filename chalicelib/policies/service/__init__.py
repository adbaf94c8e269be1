"""Reading a hospital's rules, changing them, and trying them against what happened."""

from chalicelib.policies.service.policies import Policies

__all__ = ["Policies"]
