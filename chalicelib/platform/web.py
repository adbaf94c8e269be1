"""Calls to the outside world over HTTP, with time limits. Knows addresses and bytes, never what is asked.

urllib3 is the SDK's own HTTP library, so it is always there and costs no further import.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import IO

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.errors import Unavailable

_LARGEST_ANSWER = 1 << 20
_PIECE = 1 << 16
_OK = 200


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


def download(url: str, into: IO[bytes], *, seconds: float, most: int) -> None:
    """GET a file of at most `most` bytes, without following redirects or unpacking. Raises Unavailable otherwise."""
    until = monotonic() + seconds
    try:
        answer = _pool().request(
            "GET",
            url,
            timeout=urllib3.Timeout(total=seconds, connect=min(2.0, seconds)),
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        whole = answer.status == _OK and _copied(answer, into, most, until)
        answer.close()
    except HTTPError as error:
        raise Unavailable from error
    if not whole:
        raise Unavailable


def _copied(answer: urllib3.BaseHTTPResponse, into: IO[bytes], most: int, until: float) -> bool:
    """Copy what comes, as long as it is neither too much nor too slow."""
    size = 0
    for piece in answer.stream(_PIECE, decode_content=False):
        size += into.write(piece)
        if size > most or monotonic() > until:
            return False
    return True
