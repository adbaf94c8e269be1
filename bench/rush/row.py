"""The row `rush`: a table of every engine under more clients and more people, and what a sold slot is billed."""

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

from bench.ground import Ground
from bench.measure import Row
from bench.rush import engines
from bench.rush.clients import Clients, Outcome, clients
from bench.rush.local_dynamo import Missing
from bench.rush.rules import Turn

GOAL = 1.05
PLACES = (70, 70, 60)
"""The largest sessions whose item must be one unit, to 200 slots."""
CLIENTS = (1, 8, 64)
CONTENDERS = (200, 2000)
ROUNDS = 3
FEWER = {"ours, MiniStack": 2, "ours, DynamoDB Local": 1}
"""Rounds of the slow engines: emulators, whose speed is not DynamoDB's."""
OURS = {"ours, MiniStack": engines.ministack, "ours, DynamoDB Local": engines.dynamodb_local}
PEERS = {
    "PostgreSQL UPDATE WHERE": (engines.postgres, "update-where"),
    "PostgreSQL SKIP LOCKED": (engines.postgres, "skip-locked"),
    "Redis Lua": (engines.redis, "redis-lua"),
}
Cell = tuple[int, int]
Column = Mapping[str, list[Outcome]]

_HEAD = f"{'engine':<24}{'sold':>8}{'wasted':>8}{'holds/s':>9}{'x fastest':>10}{'p50 ms':>8}{'p99 ms':>8}"
_MORE = f"{'client':>8}{'units':>7}{'refused':>8}"


class Oversold(RuntimeError):
    """An engine did not sell each slot once: no figure of it counts."""


def measure(_: Ground) -> Row:
    """Every engine in every column, in a new order each round."""
    told: dict[Cell, dict[str, list[Outcome]]] = {
        (many, people): {} for many in CLIENTS for people in CONTENDERS
    }
    with ExitStack() as stack:
        running = dict(_started(stack))
        crowd = stack.enter_context(clients())
        for number in range(ROUNDS):
            for cell, column in told.items():
                due = [name for name in running if number < FEWER.get(name, ROUNDS)]
                for name in random.sample(due, len(due)):
                    outcome = _sold_out(crowd, name, _turn(running[name], cell, number))
                    column.setdefault(name, []).append(outcome)
    for line in _table(told):
        print(line, flush=True)
    return _row(told)


def _started(stack: ExitStack) -> Iterator[tuple[str, tuple[str, str]]]:
    """Engine -> how it is used and where it listens; one that is missing is told and left out."""
    addresses: dict[Any, str] = {}
    for name, (engine, store) in (
        {name: (each, "session-items") for name, each in OURS.items()} | PEERS
    ).items():
        try:
            if engine not in addresses:
                addresses[engine] = stack.enter_context(engine())
        except Missing as missing:
            print(f"{'':<14}{name} is left out: {missing}", flush=True)
        else:
            yield name, (store, addresses[engine])


def _turn(engine: tuple[str, str], cell: Cell, number: int) -> Turn:
    store, address = engine
    many, people = cell
    name = f"{many}-{people}-{number}"
    return Turn(store, address, name, PLACES, contenders=people, clients=many)


def _sold_out(crowd: Clients, name: str, turn: Turn) -> Outcome:
    outcome = crowd.rush(turn)
    if not outcome.sold_out(turn):
        told = f"{outcome.held} told, {outcome.stands} stand, {outcome.free} free"
        raise Oversold(f"{name}, {turn.clients} clients, {turn.contenders} people: {told}")
    return outcome


def _table(told: Mapping[Cell, Column]) -> Iterator[str]:
    for (many, people), column in told.items():
        yield f"{'':<14}{many} clients, {people} people, {sum(PLACES)} slots"
        yield f"{'':<14}{_HEAD}{_MORE}"
        fastest = max(_speed(column[name]) for name in column if name in PEERS or not column.keys() & PEERS)
        for name, outcomes in sorted(column.items()):
            yield f"{'':<14}{name:<24}{_line(name, outcomes, fastest)}"


def _line(name: str, outcomes: list[Outcome], fastest: float) -> str:
    sold, slots = sum(each.stands for each in outcomes), len(outcomes) * sum(PLACES)
    speed = _speed(outcomes)
    waits = quantiles([wait * 1000 for each in outcomes for wait in each.waits], n=100)
    cpu = sum(each.cpu for each in outcomes) / sum(each.calls for each in outcomes) * 1000
    line = f"{f'{sold}/{slots}':>8}{_mean(outcomes, 'wasted'):>8.2f}{speed:>9.0f}{fastest / speed:>10.1f}"
    line += f"{waits[49]:>8.1f}{waits[98]:>8.1f}{cpu:>8.2f}"
    if name in OURS:
        line += f"{_per_sale(outcomes, 'units'):>7.2f}{_per_sale(outcomes, 'refused_units'):>8.2f}"
    return line


def _speed(outcomes: list[Outcome]) -> float:
    return median(each.held / each.seconds for each in outcomes)


def _mean(outcomes: list[Outcome], what: str) -> float:
    return float(sum(getattr(each, what) for each in outcomes) / len(outcomes))


def _per_sale(outcomes: list[Outcome], what: str) -> float:
    return float(sum(getattr(each, what) for each in outcomes) / sum(each.held for each in outcomes))


def _row(told: Mapping[Cell, Column]) -> Row:
    """Billed units per sold slot, where they are most; the speeds stand in the note."""
    ours = {
        (cell, name): outcomes
        for cell, column in told.items()
        for name, outcomes in column.items()
        if name in OURS
    }
    most = round(max(_per_sale(outcomes, "units") for outcomes in ours.values()), 3)
    refused = round(max(_per_sale(outcomes, "refused_units") for outcomes in ours.values()), 2)
    speeds = "; ".join(
        f"{name} " + ", ".join(f"{_speed(told[many, CONTENDERS[-1]][name]):.0f}" for many in CLIENTS)
        for name in told[CLIENTS[0], CONTENDERS[0]]
    )
    verdict = "" if most <= GOAL else "missed: a session's item outgrows one unit before it is full; "
    note = (
        f"{verdict}every slot sold once, no person twice; refused calls are billed at most {refused} units per sale "
        f"besides; holds/s at {CLIENTS[0]}, {CLIENTS[1]}, {CLIENTS[2]} clients and {CONTENDERS[-1]} people: {speeds}"
    )
    return Row("rush", most, "units", 1.0, GOAL, ROUNDS, note)
