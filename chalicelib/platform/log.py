"""Structured logs and EMF metrics: named events with our own ids.

Never a payload, a name, an identity number, a token or a signature; never an exception's message, which may hold
one. A fault is logged by its type and the places it passed.
"""

from __future__ import annotations

import traceback
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit


@cache
def _logger() -> Logger:
    # Every line is written here, so the library's own "location" would always say the same. Messages are names: the
    # library would try to read each as JSON first, a quarter of what a line costs.
    return Logger(service="zerotrip", utc=True, use_rfc3339=True, location=None, json_deserializer=str)


@cache
def _metrics() -> Metrics:
    return Metrics(namespace="zerotrip", service="zerotrip")


def event(name: str, **ids: str | float | None) -> None:
    """One line: what happened, to which of our ids."""
    _logger().info(name, extra={key: value for key, value in ids.items() if value is not None})


def fault(name: str, error: BaseException, **ids: str | float | None) -> None:
    """One line about an error nobody foresaw: its type and the places it passed, not its message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
    _logger().error(name, extra={**ids, "error": type(error).__name__, "where": where, "aws": _aws(error)})


def _aws(error: BaseException) -> str | None:
    """Which call AWS refused, and why by its code: names of ours and theirs only (`AccessDenied` tells a policy)."""
    response: dict[str, Any] = getattr(error, "response", {})
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return f"{getattr(error, 'operation_name', '?')}: {code}" if code else None


def measure(name: str, value: float, unit: MetricUnit = MetricUnit.Count, **dimensions: str) -> None:
    """One figure as an EMF line (CloudWatch makes a metric of it), with few dimensions of few values."""
    metrics = _metrics()
    for dimension, text in dimensions.items():
        metrics.add_dimension(dimension, text)
    metrics.add_metric(name=name, unit=unit, value=value)
    metrics.flush_metrics()
