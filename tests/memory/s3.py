"""S3 in memory: one version of each file, with what stands beside it. Buckets are not told apart: there is one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from tests.memory.errors import NotModelled, refused

_SAID = {"ServerSideEncryption", "SSEKMSKeyId", "ContentType"}


@dataclass(frozen=True, slots=True)
class File:
    """A file, and what was said with it."""

    body: bytes
    metadata: Mapping[str, str]

    @property
    def etag(self) -> str:
        """What tells it from another."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class S3:
    """The client. It takes exactly the arguments that are named here."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.puts: list[str] = []
        """The keys of all files that were stored, in order."""

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes,
        Metadata: Mapping[str, str] | None = None,
        IfNoneMatch: str | None = None,
        IfMatch: str | None = None,
        **said: Any,
    ) -> dict[str, Any]:
        """Store a file, where its condition holds."""
        if said.keys() - _SAID or IfNoneMatch not in {None, "*"}:
            raise NotModelled(f"the arguments {sorted(said)}")
        standing = self.files.get(Key)
        etag = standing.etag if standing else None
        if (IfNoneMatch and standing) or (IfMatch and etag != IfMatch):
            raise refused("PutObject", "PreconditionFailed")
        self.files[Key] = File(Body, dict(Metadata or {}))
        self.puts.append(Key)
        return {"ETag": self.files[Key].etag}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """A file."""
        found = self._found("GetObject", "NoSuchKey", Key)
        return {"ETag": found.etag, "Metadata": found.metadata, "Body": BytesIO(found.body)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """What stands beside a file."""
        found = self._found("HeadObject", "404", Key)
        return {"ETag": found.etag, "Metadata": found.metadata, "ContentLength": len(found.body)}

    def _found(self, operation: str, code: str, key: str) -> File:
        if key not in self.files:
            raise refused(operation, code)
        return self.files[key]
