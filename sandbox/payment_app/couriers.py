"""The one who carries a notification to the merchant, signed at the moment it leaves.

It must not know when to try again.
"""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.calls import Unreachable, call
from sandbox.clock import Clock, beijing
from sandbox.payment_app.notification_model import Attempt, Notification, Outcome
from sandbox.payment_app.signing import NOTIFICATION_OMITS, sign, signed_content

HEARD = b"success"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Courier:
    """Signs with the platform's key; a forgery with a stranger's."""

    def __init__(self, clock: Clock, platform_key: RSAPrivateKey, stranger_key: RSAPrivateKey) -> None:
        self._clock = clock
        self._platform_key = platform_key
        self._stranger_key = stranger_key

    def send(self, notification: Notification) -> Attempt:
        """Carry it once. Only status 200 with exactly `success` counts as heard."""
        return self._carry(notification.url, self._form(notification, self._platform_key))

    def send_twice(self, notification: Notification) -> list[Attempt]:
        """Carry the very same bytes twice at once."""
        form = self._form(notification, self._platform_key)
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda _: self._carry(notification.url, form), range(2)))

    def send_forged(self, notification: Notification) -> Attempt:
        """A stranger claims the same with a signature of their own."""
        attempt = self._carry(notification.url, self._form(notification, self._stranger_key))
        return attempt.model_copy(update={"outcome": "forged"})

    def _form(self, notification: Notification, key: RSAPrivateKey) -> bytes:
        delivery = {"notify_id": notification.notify_id, "notify_time": beijing(self._clock.now())}
        params = {**notification.params, **delivery, "sign_type": "RSA2"}
        return urlencode({**params, "sign": sign(key, signed_content(params, NOTIFICATION_OMITS))}).encode()

    def _carry(self, url: str, form: bytes) -> Attempt:
        at = self._clock.now()
        try:
            reply = call("POST", url, HEADERS, form)
        except Unreachable:
            return Attempt(at=at, outcome="unreachable")
        heard = reply.status == 200 and reply.body == HEARD  # noqa: PLR2004 - OK
        outcome: Outcome = "delivered" if heard else "refused"
        return Attempt(at=at, outcome=outcome, status=reply.status)
