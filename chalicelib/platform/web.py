"""Calls to the outside world over HTTP, with time limits. Knows addresses and bytes, never what is asked.

urllib3 is the SDK's own HTTP library, so it is always there and costs no further import.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import IO

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

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


class TooLate(Unavailable):
    """No whole answer came in time; what was asked may have arrived."""


class TooLarge(Unavailable):
    """More came than anybody expects: nothing of it was kept."""


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, most: int = _LARGEST_ANSWER
) -> Answer:
    """POST once, without following redirects; an answer of at most `most` bytes, within `seconds` altogether.

    Raises Unavailable when none came (outcome unknown): TooLate, TooLarge, or no connection.
    """
    until = monotonic() + seconds
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
        content = _content(answer, most, until)
    except ReadTimeoutError as error:
        raise TooLate from error
    except HTTPError as error:
        raise Unavailable from error
    lowered = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, lowered, content)


def _content(answer: urllib3.BaseHTTPResponse, most: int, until: float) -> bytes:
    """The whole body, unless it is too long or drips in too slowly; then the connection is closed, not kept."""
    content = bytearray()
    while piece := answer.read1(_PIECE):
        content += piece
        if len(content) > most or monotonic() > until:
            answer.close()
            raise TooLarge if len(content) > most else TooLate
    answer.release_conn()
    return bytes(content)


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
