"""The crash-point enumerator: a scenario is run once undisturbed, then once for every fault of every call of it.

It knows how to begin again, where to strike and how to compare; never what a scenario does.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tests.faults import state
from tests.faults.cloud import Died
from tests.faults.errand import Beginning, Errand, Scenario
from tests.faults.faults import Call, Fault, Kind, of_call, of_process

Chosen = Callable[[int], bool]
"""Whether the nth fault of a scenario is tried: all of them, a share of them, a sample."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A fault that left a trace, and which."""

    fault: Fault
    where: str
    traces: tuple[str, ...]

    def __str__(self) -> str:
        shown = "\n".join(f"      {trace[:600]}" for trace in self.traces[:8])
        return f"    {self.fault.kind} {self.where}\n{shown}"


@dataclass
class Report:
    """What came of one scenario."""

    name: str
    calls: int = 0
    faults: list[Fault] = field(default_factory=list)
    survivors: list[Survivor] = field(default_factory=list)
    broken: str = ""
    """Why the scenario could not even be run undisturbed."""


class Unstable(AssertionError):
    """Two undisturbed runs ended differently, so nothing can be compared: the scenario or the comparison is wrong."""


def enumerate_faults(errand: Errand, scenario: Scenario, chosen: Chosen = lambda _: True) -> Report:
    """Try every chosen fault of a scenario. The errand's cloud must be fresh."""
    errand.keyed = scenario.keyed
    scenario.prepare(errand)
    errand.rest()
    beginning = Beginning.of(errand)
    _run(errand, scenario, beginning, None)
    undisturbed, calls, processes = (
        errand.things(),
        list(errand.cloud.tap.calls),
        errand.cloud.tap.process + 1,
    )
    _run(errand, scenario, beginning, None)
    if traces := state.differences(undisturbed, errand.things()):
        raise Unstable("\n".join([scenario.name, *traces]))
    report = Report(scenario.name, calls=len(calls))
    for number, fault in enumerate(_faults(calls, processes)):
        if chosen(number):
            report.faults.append(fault)
            traces = _try(errand, scenario, beginning, fault, calls, undisturbed)
            if traces:
                report.survivors.append(Survivor(fault, _where(fault, calls), tuple(traces)))
    return report


def _faults(calls: list[Call], processes: int) -> Iterator[Fault]:
    for call in calls:
        yield from of_call(call)
    for process in range(processes):
        yield from of_process(process)


def _try(
    errand: Errand,
    scenario: Scenario,
    beginning: Beginning,
    fault: Fault,
    calls: list[Call],
    undisturbed: list[state.Thing],
) -> list[str]:
    """The traces that one fault leaves."""
    try:
        _run(errand, scenario, beginning, fault)
    except AssertionError as error:
        return [f"stuck: {error}"]
    struck = errand.cloud.tap.struck
    if fault.kind not in {Kind.REPEATED, Kind.LATE} and str(struck) != str(calls[fault.at]):
        return [f"the calls are not the same in each run: {struck} instead of {calls[fault.at]}"]
    return state.differences(undisturbed, errand.things(), scenario.spares, scenario.detours)


def _run(errand: Errand, scenario: Scenario, beginning: Beginning, fault: Fault | None) -> None:
    """One run from the beginning to complete rest."""
    beginning.again(errand)
    tap = errand.cloud.tap
    tap.open(fault)
    try:
        scenario.act(errand)
        errand.rest()
    finally:
        tap.close()
    errand.wait(scenario.patience)
    if fault is not None and fault.kind is Kind.LATE:
        _deliver_late(errand, fault.at)
    scenario.look(errand)


def _deliver_late(errand: Errand, process: int) -> None:
    with suppress(Died, Exception):  # whatever a second delivery meets is its sender's to bear
        errand.cloud.deliveries[process]()
    errand.rest()


def _where(fault: Fault, calls: list[Call]) -> str:
    if fault.kind in {Kind.REPEATED, Kind.LATE}:
        made = [str(call) for call in calls if call.process == fault.at]
        return f"process {fault.at} ({', '.join(made) or 'no calls'})"
    call = calls[fault.at]
    return f"call {call.number} ({call}) of process {call.process}"
