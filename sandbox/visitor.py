"""Somebody outside who calls the service over HTTP: a citizen's page, with its token once it has logged in.

Knows addresses and answers, nothing about what they mean.
"""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit


class StepFailed(RuntimeError):
    """What was asked was not answered as it should be; the message says by whom and how."""


@dataclass(slots=True)
class Visitor:
    """Calls the API and the outside world; `token` is sent to the API alone."""

    api: str
    sandbox: str
    token: str = ""

    def get(self, path: str, part: str = "") -> Any:  # noqa: ANN401 - anything JSON can say
        """What `path` answers, or the one `part` of it."""
        answer = self._json("GET", path, None, (200,))
        return answer[part] if part else answer

    def post(
        self, path: str, body: dict[str, Any] | None = None, accept: Collection[int] = (200, 201)
    ) -> Any:  # noqa: ANN401 - anything JSON can say
        """What `path` answers to `body`; any status but those in `accept` raises StepFailed."""
        return self._json("POST", path, body or {}, accept)

    def look(self, path: str) -> dict[str, Any]:
        """What `path` answers; nothing where there is nothing."""
        status, _, answer = self._call("GET", path, None)
        found: dict[str, Any] = json.loads(answer) if status == 200 else {}  # noqa: PLR2004 - OK
        return found

    def put(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - anything JSON can say
        """What `path` answers to `body` standing there from now on."""
        return self._json("PUT", path, body, (200,))

    def delete(self, path: str) -> None:
        """End what `path` names; any status but 204 raises StepFailed."""
        status, _, answer = self._call("DELETE", path, None)
        if status != 204:  # noqa: PLR2004 - No Content
            raise StepFailed(f"DELETE {path} answered {status}: {answer[:500].decode(errors='replace')}")

    def read(self, path: str) -> bytes:
        """The bytes that `path` answers."""
        status, _, body = self._call("GET", path, None)
        if status != 200:  # noqa: PLR2004 - OK
            raise StepFailed(f"GET {path} answered {status}: {body[:300]!r}")
        return body

    def follow(self, path: str) -> bytes:
        """What lies behind the redirect of `path`; the token does not go along, the signed address suffices."""
        status, headers, body = self._call("GET", path, None)
        if status != 302:  # noqa: PLR2004 - Found
            raise StepFailed(f"GET {path} answered {status}: {body[:300]!r}")
        try:
            with urllib.request.urlopen(headers["Location"], timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as refusal:
            raise StepFailed(
                f"the signed address answered {refusal.code}: {refusal.read()[:300]!r}"
            ) from refusal

    @staticmethod
    def query(url: str, name: str) -> Any:  # noqa: ANN401 - anything JSON can say
        """The JSON value of one query parameter of `url`."""
        return json.loads(parse_qs(urlsplit(url).query)[name][0])

    def _json(self, method: str, path: str, body: dict[str, Any] | None, accept: Collection[int]) -> Any:  # noqa: ANN401
        status, _, answer = self._call(method, path, body)
        if status not in accept:
            raise StepFailed(f"{method} {path} answered {status}: {answer[:500].decode(errors='replace')}")
        return json.loads(answer)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any, bytes]:
        outside = path.startswith("/sandbox/")
        headers = {"Accept": "application/json"}
        if self.token and not outside:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        data = None if body is None else json.dumps(body).encode()
        address = (self.sandbox if outside else self.api) + path
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with _OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read()
        except OSError as failure:
            raise StepFailed(f"{method} {path} was not answered: {failure}") from failure


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller, who must not send the token along."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - the signature of urllib
        return None


_OPENER = urllib.request.build_opener(_StayHere)
