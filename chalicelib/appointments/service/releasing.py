"""Sessions become bookable when their hospital's rules release them (放号), not when somebody thinks of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.service.directory import Directory
from chalicelib.platform.clock import Clock
from chalicelib.policies.service import Policies


@dataclass(frozen=True, slots=True)
class Releasing:
    """Publishes what is released."""

    directory: Directory
    policies: Policies
    clock: Clock

    def publish(self, sessions: Sequence[Session]) -> list[datetime]:
        """Publish those that are released by now; returns when each of the others will be. Safe to repeat."""
        now = self.clock()
        opens = [self.policies.of(each.hospital_id).opens_at(each.starts_at) for each in sessions]
        self.directory.publish([each for each, at in zip(sessions, opens, strict=True) if at <= now])
        return [at for at in opens if at > now]
