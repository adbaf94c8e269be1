"""Notifying merchants: signed, sent until `success` comes back, on the ladder that the platform documents.

It acts out the notification faults. It must not know what a notification says.
"""

import secrets
from datetime import timedelta
from typing import Any

from sandbox.background import Timer, Workers
from sandbox.clock import Clock, beijing
from sandbox.events import Events
from sandbox.faults import Faults, NotificationFault
from sandbox.origin.routing import Refused
from sandbox.payment_app.couriers import Courier
from sandbox.payment_app.notices import trade_notice
from sandbox.payment_app.notification_model import Attempt, Notification
from sandbox.payment_app.trade_model import Refund, Trade
from sandbox.shelf import Shelf


class Notifications:
    """Every notification ever raised, and the delivery of those not yet heard."""

    def __init__(
        self, shelf: Shelf, clock: Clock, faults: Faults, events: Events, courier: Courier, workers: Workers
    ) -> None:
        self._shelf = shelf
        self._clock = clock
        self._faults = faults
        self._events = events
        self._courier = courier
        self._workers = workers
        self.timer = Timer(clock)

    def resume(self) -> None:
        """Take up, after a restart, what was not delivered before it."""
        for notification in self.every():
            if notification.state == "waiting":
                self._schedule(notification)

    def raise_one(self, trade: Trade, refund: Refund | None = None) -> str | None:
        """Record that the merchant is to hear of the trade; None when it named no address."""
        if trade.notify_url is None:
            return None
        notify_id = f"{beijing(self._clock.now())[:10].replace('-', '')}00222{secrets.randbelow(10**21):021d}"
        params = trade_notice(trade, refund)
        self._keep(
            Notification(notify_id=notify_id, trade_no=trade.trade_no, url=trade.notify_url, params=params)
        )
        return notify_id

    def deliver_soon(self, notify_id: str | None) -> None:
        """Deliver it without anybody waiting."""
        if notify_id is not None:
            self._workers.run(lambda: self.deliver(notify_id))

    def deliver(self, notify_id: str) -> bool:
        """Try once, as the standing fault lets it; whether the merchant has heard it by now."""
        notification = self.get(notify_id)
        if notification.state != "waiting":
            return notification.state == "delivered"
        fault = self._faults.now().notification
        if fault and fault.kind in {"late", "reordered"} and not notification.postponed:
            self._postpone(notification, fault)
            return False
        delivered = self._try(notification, fault).state == "delivered"
        if delivered:
            self._release(notification)
        return delivered

    def resend(self, notify_id: str) -> bool:
        """Send it once more whatever its state, faults or not; whether `success` came back."""
        notification = self.get(notify_id)
        return self._record(notification, [self._courier.send(notification)]).state == "delivered"

    def get(self, notify_id: str) -> Notification:
        """The notification; raises Refused 404."""
        document = self._shelf.get("notification", notify_id)
        if document is None:
            raise Refused(404, "notification-unknown", "there is no such notification")
        return Notification.model_validate(document)

    def every(self) -> list[Notification]:
        """Every notification, oldest first."""
        return [Notification.model_validate(document) for document in self._shelf.every("notification")]

    def _try(self, notification: Notification, fault: NotificationFault | None) -> Notification:
        match fault.kind if fault else None:
            case "dropped":
                attempts = [Attempt(at=self._clock.now(), outcome="dropped")]
            case "doubled":
                attempts = self._courier.send_twice(notification)
            case "forged":
                attempts = [self._courier.send_forged(notification), self._courier.send(notification)]
            case _:
                attempts = [self._courier.send(notification)]
        return self._record(notification, attempts)

    def _record(self, notification: Notification, attempts: list[Attempt]) -> Notification:
        with self._shelf.change():
            before = self.get(notification.notify_id)
            after = before.after(attempts, self._clock.now(), self._faults.now().time_scale)
            self._keep(after)
        for attempt in attempts:
            self._tell(after, attempt)
        if after.state == "waiting":
            self._schedule(after)
        return after

    def _postpone(self, notification: Notification, fault: NotificationFault) -> None:
        at = self._clock.now() + timedelta(seconds=fault.seconds)
        self._keep(notification.model_copy(update={"postponed": True, "next_at": at}))
        self.timer.at(at, lambda: self.deliver_soon(notification.notify_id))

    def _release(self, delivered: Notification) -> None:
        """What was held back to be overtaken goes out as soon as it has been."""
        fault = self._faults.now().notification
        if fault is None or fault.kind != "reordered":
            return
        for held in self.every():
            if held.postponed and held.state == "waiting" and held.notify_id != delivered.notify_id:
                self.deliver_soon(held.notify_id)

    def _schedule(self, notification: Notification) -> None:
        at = notification.next_at or self._clock.now()
        self.timer.at(at, lambda: self.deliver_soon(notification.notify_id))

    def _tell(self, notification: Notification, attempt: Attempt) -> None:
        facts: dict[str, Any] = {"id": notification.notify_id, "tradeNo": notification.trade_no}
        status = notification.params["trade_status"]
        self._events.tell(
            "notification", **facts, tradeStatus=status, outcome=attempt.outcome, status=attempt.status
        )

    def _keep(self, notification: Notification) -> None:
        self._shelf.put("notification", notification.notify_id, notification.model_dump(mode="json"))
