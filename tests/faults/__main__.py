"""`python -m tests.faults`: every fault of every call of the errand, a line per scenario, and the totals.

Exit code 1 where a fault survived. `--only TEXT` tries the scenarios whose names hold it; `--jobs N` processes share
the faults.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "infra" / "layers" / "certificates" / "python"
sys.path[:0] = [str(ROOT), str(LAYER)]

from tests.faults.enumerator import Report  # noqa: E402
from tests.faults.scenarios import SCENARIOS  # noqa: E402
from tests.faults.shares import be_quiet, share  # noqa: E402


def main() -> int:
    """Run, print, and say whether everything healed."""
    wanted = _arguments()
    chosen = [each.name for each in SCENARIOS if wanted.only in each.name]
    print(f"{'scenario':<28}{'calls':>7}{'faults tried':>14}{'survivors':>11}{'seconds':>9}")
    began, reports = perf_counter(), []
    with ProcessPoolExecutor(wanted.jobs, mp_context=get_context("spawn"), initializer=be_quiet) as pool:
        tasks = [
            [pool.submit(share, name, job, wanted.jobs) for job in range(wanted.jobs)] for name in chosen
        ]
        for shares in tasks:
            since = perf_counter()
            report = _together([each.result() for each in shares])
            reports.append(report)
            _line(report.name, [report], perf_counter() - since)
            for trace in [*report.survivors, report.broken]:
                print(trace, end="\n" if trace else "", flush=True)
    _line("total", reports, perf_counter() - began)
    return 1 if any(each.survivors or each.broken for each in reports) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", help="part of a scenario's name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser.parse_args()


def _together(shares: list[Report]) -> Report:
    """What all processes found of one scenario."""
    whole = Report(shares[0].name, shares[0].calls)
    for each in shares:
        whole.faults += each.faults
        whole.survivors += each.survivors
        whole.broken = whole.broken or each.broken
    return whole


def _line(name: str, reports: list[Report], seconds: float) -> None:
    calls, tried, survivors = (
        sum(each.calls for each in reports),
        sum(len(each.faults) for each in reports),
        sum(len(each.survivors) for each in reports),
    )
    print(f"{name:<28}{calls:>7}{tried:>14}{survivors:>11}{seconds:>9.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
