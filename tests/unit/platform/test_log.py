"""Logs: named events with ids; a fault by its type and places, never by its message."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError

from chalicelib.platform import log

SECRET = "张三 330102199005170018"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_an_event_is_one_json_line_with_its_ids(log_lines: Callable[[], str]) -> None:
    log.event("card.bound", card="card_1", missing=None, ms=1.5)
    (line,) = lines(log_lines())
    assert (line["message"], line["card"], line["ms"], line["level"]) == ("card.bound", "card_1", 1.5, "INFO")
    assert "missing" not in line


def test_a_faults_message_stays_out(log_lines: Callable[[], str]) -> None:
    with pytest.raises(ValueError, match="330102") as raised:
        int(SECRET)
    log.fault("request.failed", raised.value, route="GET /v1/cards")
    text = log_lines()
    (line,) = lines(text)
    assert (line["error"], line["route"], line["level"]) == ("ValueError", "GET /v1/cards", "ERROR")
    assert any("test_log.py" in place for place in line["where"])
    assert "330102" not in text
    assert "张三" not in text
    assert "\\u5f20" not in text


def test_a_refused_call_to_aws_is_named_by_operation_and_code(log_lines: Callable[[], str]) -> None:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": SECRET}}, "PutItem")
    log.fault("job.failed", error)
    text = log_lines()
    (line,) = lines(text)
    assert line["aws"] == "PutItem: AccessDenied"
    assert "330102" not in text


def test_a_figure_is_an_emf_line(log_lines: Callable[[], str]) -> None:
    log.measure("Latency", 12.5, MetricUnit.Milliseconds, route="GET /v1/cards", status="2xx")
    (line,) = lines(log_lines())
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "zerotrip"
    assert directive["Metrics"][0]["Name"] == "Latency"
    assert {"route", "status"} <= set(directive["Dimensions"][0])
    assert line["Latency"] in (12.5, [12.5])


def test_one_figures_dimensions_do_not_cling_to_the_next(log_lines: Callable[[], str]) -> None:
    log.measure("Latency", 1, MetricUnit.Milliseconds, route="GET /v1/cards", status="2xx")
    log.measure("Sent", 1)
    _, second = lines(log_lines())
    assert "route" not in second
