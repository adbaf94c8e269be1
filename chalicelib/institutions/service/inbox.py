"""Taking in what institutions call back: recorded once, worked on after. It must not know what a topic is about."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chalicelib.institutions.errors import CallbackUnknown, TopicForbidden
from chalicelib.institutions.model import Callback, Institution, Told, Topic, callback_id
from chalicelib.institutions.store import InstitutionStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.keys import Mac


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of callbacks."""

    store: InstitutionStore
    mac: Mac
    clock: Clock

    def receive(self, caller: Institution, topic: Topic, key: str, told: Told) -> Callback:
        """Put a callback into the inbox, once: one transaction that also uses the nonce up.

        A repetition under the same idempotency key, signed anew, meets the same callback. What it asks for happens
        after, in the topic's job. Raises TopicForbidden, SignatureReplayed, KeyReused.
        """
        if caller.kind not in topic.kinds:
            raise TopicForbidden
        now = self.clock()
        callback = Callback(
            id=callback_id(caller.id, key),
            institution_id=caller.id,
            topic=topic.name,
            body=told.kept(self.mac.hidden),
        )
        transact(
            [
                self.store.use_nonce(caller.id, caller.nonce, now),
                self.store.keep(callback, _fingerprint(callback), topic.job, now),
            ]
        )
        log.event("callback.received", institution=caller.id, callback=callback.id, topic=topic.name)
        return callback

    def callback(self, callback_id: str) -> Callback:
        """A callback of the inbox, for its job. Raises CallbackUnknown where there is none."""
        found = self.store.find_callback(callback_id)
        if found is None:
            raise CallbackUnknown
        return found


def _fingerprint(callback: Callback) -> str:
    """What tells another payload under the same key; of what is kept, so that it hides what that hides."""
    said: dict[str, Any] = {"topic": callback.topic, "body": callback.body}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
