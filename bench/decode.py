"""The row `decode`: a scanned code decoded by the service, against the very same calls to DynamoDB and nothing else."""

from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from bench.ground import Ground
from bench.measure import Row, compared, rounds
from bench.warm import warm

ROUNDS = 61
GOAL = 1.3
WHY = "reading the card into its model, the entry out of its own, the presence token and the log line"


def measure(ground: Ground) -> Row:
    """One read and one conditional write. The token's signature, which KMS makes, is on neither side."""
    with ExitStack() as stack:
        taken = rounds(
            {
                name: stack.enter_context(warm(ground, module, {}))
                for name, module in (("ours", "bench.decode_app"), ("bare", "bench.bare.same_calls"))
            },
            ROUNDS,
        )
    row = compared("decode", "us CPU", GOAL, taken["ours"], taken["bare"], WHY)
    ours, bare = (round(1_000_000 / median(taken[name]), -1) for name in ("ours", "bare"))
    told = f"{ours:,.0f} decodes per second and core, {bare:,.0f} of the calls alone"
    return replace(row, note="; ".join(filter(None, (row.note, told))))
