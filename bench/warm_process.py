"""A warm function: `python -m bench.warm_process MODULE EVENT`, a number of requests per line of standard input.

For each it writes the CPU microseconds of one request to standard error; standard output is the function's own.
"""

import json
import sys
from importlib import import_module
from time import process_time_ns

CREATED = 201


def main() -> None:
    """Serve rounds until standard input ends."""
    app, event = import_module(sys.argv[1]).app, json.loads(sys.argv[2])
    for line in sys.stdin:
        count = int(line)
        began = process_time_ns()
        for _ in range(count):
            answer = app(dict(event), None)
        microseconds = (process_time_ns() - began) / count / 1000
        if answer["statusCode"] != CREATED:
            sys.exit(answer["body"])
        print(microseconds, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
