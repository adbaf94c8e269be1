"""Which rules a hospital has, now and at any moment before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.platform.clock import Clock
from chalicelib.policies.model import Policy, Standing
from chalicelib.policies.store import PolicyStore

_MEMORY = timedelta(seconds=60)
"""How long a process trusts what it read; a version that is activated at once acts within this time."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The hospitals' rules."""

    store: PolicyStore
    clock: Clock
    _known: dict[str, tuple[Standing, datetime]] = field(default_factory=dict, compare=False)

    def of(self, hospital_id: str) -> Policy:
        """The rules in force at a hospital now, as of a minute ago at most; a planned change acts on the dot."""
        return self.at(hospital_id, self.clock())

    def at(self, hospital_id: str, moment: datetime) -> Policy:
        """The rules that were in force at a moment: an appointment lives by those of the moment it was held."""
        known = self._standing(hospital_id).at(moment)
        return known or self._earlier(hospital_id, moment)

    def _standing(self, hospital_id: str) -> Standing:
        now = self.clock()
        known = self._known.get(hospital_id)
        if known is None or now >= known[1]:
            known = (self.store.standing(hospital_id), now + _MEMORY)
            self._known[hospital_id] = known
        return known[0]

    def _earlier(self, hospital_id: str, moment: datetime) -> Policy:
        versions = self.store.list_versions(hospital_id)
        return next((each.policy for each in versions if each.counted(moment)), Policy())
