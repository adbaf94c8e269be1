"""What the functions have logged to the embedded cloud, in the order in which it was said.

Knows where logs are kept, nothing about what they mean.
"""

import os
from datetime import UTC, datetime

import boto3

from sandbox.deployment import STACK
from sandbox.emulator import client_environment
from sandbox.place import Place

RUNTIME_LINES = ("START ", "END ", "REPORT ")


def lines(place: Place) -> list[str]:
    """Every line that a function wrote, with its time and the function's name."""
    os.environ.update(client_environment(place))
    said: list[tuple[int, str, str]] = []
    pages = boto3.client("logs").get_paginator("filter_log_events")
    for group in boto3.client("logs").describe_log_groups(logGroupNamePrefix=f"/{STACK}/")["logGroups"]:
        name = group["logGroupName"]
        for page in pages.paginate(logGroupName=name):
            said += [(e["timestamp"], name.rpartition("/")[2], e["message"]) for e in page["events"]]
    return [
        f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M:%S.%f}"[:-3] + f" {name:<18} {text.rstrip()}"
        for at, name, text in sorted(said, key=lambda line: line[0])
        if not text.startswith(RUNTIME_LINES)
    ]
