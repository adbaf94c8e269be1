"""Calls to the outside world over HTTP, with time limits. Knows addresses and bytes, never what is asked.

urllib3 is the SDK's own HTTP library, so it is always there and costs no further import.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.errors import Unavailable

_LARGEST_ANSWER = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=8, retries=False)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """POST once, without following redirects. Raises Unavailable when no answer came in time: outcome unknown."""
    try:
        answer = _pool().request(
            "POST",
            url,
            body=body,
            headers=dict(headers),
            timeout=urllib3.Timeout(total=seconds, connect=min(2.0, seconds)),
            redirect=False,
            preload_content=False,
        )
        content = answer.read(_LARGEST_ANSWER)
        answer.release_conn()
    except HTTPError as error:
        raise Unavailable from error
    lowered = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, lowered, content)
