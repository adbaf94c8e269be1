"""One process's share of a scenario's faults. Knows how to set up a cloud without pytest."""

import logging
import os
import sys
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from traceback import format_exc

from moto import mock_aws

from tests.cloud import REGION, make_keys
from tests.faults.enumerator import Report, enumerate_faults
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import stage
from tests.quicker_moto import quicken


@cache
def _keys() -> Mapping[str, str]:
    """This process's cloud and its KMS keys, for as long as it lives."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    os.environ.pop("AWS_ENDPOINT_URL", None)
    mock_aws().start()
    quicken()
    return make_keys()


def be_quiet() -> None:
    """Nobody reads the logs of a thousand runs: let this process write none."""
    logging.disable()
    warnings.simplefilter("ignore")  # a crash leaves things behind that a living process would have finished
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  (for as long as the process lives)


def share(name: str, job: int, jobs: int) -> Report:
    """Every `jobs`th fault of a scenario, beginning with the `job`th."""
    scenario = next(each for each in SCENARIOS if each.name == name)
    try:
        with stage(_keys()) as errand:
            return enumerate_faults(errand, scenario, lambda number: number % jobs == job)
    except Exception:  # noqa: BLE001  (one broken scenario must not keep the others from being tried)
        return Report(name, broken=format_exc(limit=-4))
