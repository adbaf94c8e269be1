"""Which rules a hospital has, and changing them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.platform.clock import Clock
from chalicelib.policies.model import Policy
from chalicelib.policies.store import PolicyStore

_MEMORY = timedelta(seconds=60)
"""How long a process trusts what it read; a new version acts within this time."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The hospitals' rules."""

    store: PolicyStore
    clock: Clock
    _known: dict[str, tuple[Policy, datetime]] = field(default_factory=dict, compare=False)

    def of(self, hospital_id: str) -> Policy:
        """The rules in force at a hospital, at most a minute old."""
        now = self.clock()
        known = self._known.get(hospital_id)
        if known is None or now >= known[1]:
            known = (self.store.active(hospital_id) or Policy(), now + _MEMORY)
            self._known[hospital_id] = known
        return known[0]
