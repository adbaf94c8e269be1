"""The gateway to institutions' own endpoints: one signed POST of one event. Knows addresses, never what an event says.

Headers follow Standard Webhooks (`webhook-id`, `webhook-timestamp`); the signature is RFC 9421, by our published key.
"""

from dataclasses import dataclass

from chalicelib.platform import web
from chalicelib.platform.signatures import RequestSigner

TAG = "sc-event"
_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Sends events."""

    signer: RequestSigner

    def post(self, url: str, event_id: str, body: bytes, now: float) -> int:
        """The endpoint's status. Raises Unavailable where none came in time: it may have been taken."""
        signed = self.signer.headers(url, body, key=event_id, tag=TAG, now=now)
        headers = signed | {"webhook-id": event_id, "webhook-timestamp": str(int(now))}
        return web.post(url, body, headers, seconds=_SECONDS).status
