"""The errand on the packaged template, and the policies that it is done under."""

import json
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

STEPS = [
    "login",
    "face",
    "bind-card",
    "show-code",
    "decode",
    "suspend",
    "refused-while-suspended",
    "resume",
    "family-card",
    "find-slot",
    "hold",
    "pay",
    "confirm",
    "reschedule",
    "cancel-with-refund",
    "late-payment-refund",
    "clinic-stopped-refund",
    "mixed-settlement",
    "waitlist-fulfilled",
    "reconciled",
    "request-certificate",
    "certificate-issued",
    "download",
    "four-certificates",
    "verify",
    "share",
    "usage-log",
    "provident-fund",
    "revoke",
    "verify-revoked",
    "not-me",
]


def failed(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that failed, which say why; a journey that did nothing failed, too."""
    return [each for each in steps if not each["ok"]] if steps else [{"step": "none"}]


def test_the_errand_ends_with_a_signed_certificate(stack: Stack) -> None:
    steps = stack.journey()
    assert failed(steps) == []
    assert [step["step"] for step in steps] == STEPS


def test_without_one_action_the_errand_fails_with_that_functions_access_denied(stack: Stack) -> None:
    with _without(stack, "APIHandler", "kms:GenerateMac"):
        last = stack.journey()[-1]
    assert not last["ok"], last
    denied = [line for line in stack.command("logs").stdout.splitlines() if "AccessDenied" in line]
    assert [line.split()[1] for line in denied if "GenerateMac" in line] == ["api"], denied


def test_no_function_is_denied_anything_while_the_errand_succeeds(stack: Stack) -> None:
    before = stack.command("logs").stdout.count("AccessDenied")
    assert failed(stack.journey()) == []
    assert stack.command("logs").stdout.count("AccessDenied") == before


@contextmanager
def _without(stack: Stack, function: str, action: str) -> Iterator[None]:
    """The stack with `action` taken out of the policy of `function`, and the policy put back afterwards."""
    iam, role, policy = stack.client("iam"), *_policy(stack, function)
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    granted = json.loads(urllib.parse.unquote(document)) if isinstance(document, str) else document
    left = {**granted, "Statement": [s for s in map(_less(action), granted["Statement"]) if s["Action"]]}
    assert left != granted
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(left))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(granted))


def _less(action: str) -> Any:
    return lambda statement: {**statement, "Action": [a for a in statement["Action"] if a != action]}


def _policy(stack: Stack, function: str) -> tuple[str, str]:
    """The role of `function` and the name of its one policy."""
    found = stack.client("cloudformation").describe_stack_resource(
        StackName="zerotrip-local", LogicalResourceId=function
    )["StackResourceDetail"]["PhysicalResourceId"]
    arn = stack.client("lambda").get_function_configuration(FunctionName=found)["Role"]
    role = arn.rpartition("/")[2]
    (policy,) = stack.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    return role, policy
