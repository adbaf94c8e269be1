"""`python -m bench [ROW...]`: run the rows, print them, and keep them in `bench/results.json`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "infra" / "layers" / "certificates" / "python")]

from bench import (  # noqa: E402
    certificates,
    code_mint,
    cold_start,
    decode,
    decode_units,
    errand_calls,
    status_list,
    verification,
    warm_request,
)
from bench.ground import Ground, ground  # noqa: E402
from bench.measure import Row  # noqa: E402
from bench.rush import row as rush  # noqa: E402

RESULTS = Path(__file__).with_name("results.json")
ROWS: dict[str, Callable[[Ground], Row]] = {
    "cold-start": cold_start.measure,
    "warm-request": warm_request.measure,
    "errand-calls": errand_calls.measure,
    "code-mint": code_mint.measure,
    "decode": decode.measure,
    "decode-units": decode_units.measure,
    "certificates": certificates.measure,
    "certificate-bytes": certificates.measure_bytes,
    "rush": rush.measure,
    "status-list": status_list.measure,
    "verification": verification.measure,
}


def main() -> int:
    """Measure what was asked for, or everything; only a whole run is kept."""
    chosen = sys.argv[1:] or list(ROWS)
    print(f"{'row':<14}{'ours':>9}{'floor':>9}  {'unit':<8}{'ratio':>7}{'goal':>6}{'runs':>6}", flush=True)
    rows = []
    with ground() as surroundings:
        for name in chosen:
            rows.append(ROWS[name](surroundings))
            _print(rows[-1])
    if chosen == list(ROWS):
        records = [row.record() for row in rows]
        RESULTS.write_text(json.dumps(records, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _print(row: Row) -> None:
    figures = f"{row.value:>9}{row.floor:>9}  {row.unit:<8}{row.ratio:>7}{row.goal:>6}{row.runs:>6}"
    print(f"{row.name:<14}{figures}  {'met' if row.met else 'missed'}", flush=True)
    for line in filter(None, (row.note, row.spread)):
        print(f"{'':<14}{line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
