"""What the errand cost stands in three books alike. It must not know any step, only the order it left behind.

The day's reconciliation is asked for by name, as an operator does; the payment app writes today's bill before the day
is over, because a fault tells it to.
"""

import json
import os
from datetime import datetime
from typing import Any

import boto3

from sandbox.deployment import STACK
from sandbox.emulator import client_environment
from sandbox.journey.hands import BEIJING, Hands, Told, expect, yuan
from sandbox.place import here
from sandbox.visitor import StepFailed


class BooksStep(Hands):
    """The last look at the money."""

    def reconciled(self) -> str:
        """Ledger, payment app's bill and hospitals' word are compared; nothing differs about what is still booked."""
        order = self.visitor.get(f"/v1/appointments/{self.appointment['id']}")["payment"]["orderId"]
        standing = self.visitor.get("/sandbox/faults")
        self.visitor.put("/sandbox/faults", standing | {"bill": {"early": True}})
        try:
            report = self.until(_report, lambda told: told["status"] == "complete" and not _about(order))
        finally:
            self.visitor.put("/sandbox/faults", standing)
        expect(report["platform"]["inCount"] > 0, f"the bill of {report['day']} has no trade")
        ledger, differences = report["ledger"], sum(report["differences"].values())
        return f"{yuan(ledger['inFen'])} in, {yuan(ledger['outFen'])} out, {differences} differences"


def _report() -> Told:
    """Today's reconciliation, run now."""
    report: Told = _invoked("Reconcile", {"day": _today()})["reports"][0]
    return report


def _about(order: str) -> bool:
    """Whether a difference stands open about an order."""
    cursor, pages = None, 0
    while pages == 0 or cursor:
        page = _invoked("AdminCases", {"action": "list", "limit": 100, "cursor": cursor})
        if any(each["facts"].get("orderId") == order for each in page["items"]):
            return True
        cursor, pages = page["cursor"], pages + 1
    return False


def _today() -> str:
    return str(datetime.now(BEIJING).date())


def _invoked(function: str, event: dict[str, Any]) -> Told:
    """What a function answers that is called by name."""
    os.environ.update(client_environment(here()))
    resource = boto3.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId=function
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    told: Told = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise StepFailed(f"{function} failed: {told.get('errorType')}")
    return told
