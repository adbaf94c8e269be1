"""Who asks for a reconciliation: the schedule for all that is due, an administrator by name for one day.

What is wrong with a request is an answer; trouble with one day does not keep another from its own, and is raised.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic.alias_generators import to_camel

from chalicelib.cases.service.cases import Cases
from chalicelib.errors import AppError, Invalid, Unavailable
from chalicelib.platform.http import problem
from chalicelib.reconciliation.model.report import Report
from chalicelib.reconciliation.service.reconciling import Reconciling

_PLACE = "/admin/reconcile"


@dataclass(frozen=True, slots=True)
class Asked:
    """Serves one request at a time."""

    reconciling: Reconciling
    cases: Cases

    def serve(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Reports of the day that the event names as `day`, or of all days that are due. Raises what cannot be told."""
        if "day" not in event:
            try:
                return {"reports": self._all_due()}
            finally:
                self.cases.measure()
        try:
            return {"reports": [_told(self.reconciling.run(_day(event["day"])))]}
        except Unavailable:
            raise
        except AppError as error:
            told: dict[str, Any] = json.loads(problem(error, _PLACE).body)
            return told

    def _all_due(self) -> list[dict[str, Any]]:
        reports: list[dict[str, Any]] = []
        troubles: list[Exception] = []
        for day in self.reconciling.due():
            try:
                reports.append(_told(self.reconciling.run(day)))
            except Exception as error:  # noqa: BLE001  (raised again, together with the others')
                troubles.append(error)
        if troubles:
            raise ExceptionGroup("reconcile", troubles)
        return reports


def _day(told: object) -> date:
    try:
        if isinstance(told, str):
            return date.fromisoformat(told)
    except ValueError:
        pass
    raise Invalid(("/day", "must be a day, as 2026-11-22"))


def _told(report: Report) -> dict[str, Any]:
    told: dict[str, Any] = _camel(report.model_dump(mode="json"))
    return told


def _camel(value: Any) -> Any:  # noqa: ANN401  (any JSON)
    """Our names in camelCase; accounts and kinds are data, and stay."""
    if not isinstance(value, dict):
        return value
    return {to_camel(name) if name.isidentifier() else name: _camel(each) for name, each in value.items()}
