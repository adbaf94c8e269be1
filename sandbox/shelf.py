"""Where the sandbox keeps what must survive its restart: small documents in one SQLite file.

It must not know what the documents mean.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

LAST_CHARACTER = "\U0010ffff"
"""Sorts after whatever an id may go on with."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
)
"""


class Shelf:
    """Documents by kind and id, listed in the order they first came."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(_SCHEMA)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """The document, or None."""
        rows = self._rows("SELECT body FROM documents WHERE kind = ? AND id = ?", kind, key)
        return rows[0] if rows else None

    def every(self, kind: str, prefix: str = "") -> list[dict[str, Any]]:
        """Every document of the kind whose id begins with the prefix, oldest first."""
        query = "SELECT body FROM documents WHERE kind = ? AND id >= ? AND id < ? ORDER BY position"
        return self._rows(query, kind, prefix, prefix + LAST_CHARACTER)

    def put(self, kind: str, key: str, document: dict[str, Any]) -> None:
        """Keep the document in place of the one of the same kind and id."""
        body = json.dumps(document, ensure_ascii=False)
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, key, body),
            )

    def next_number(self, sequence: str) -> int:
        """The next number of a named sequence, from 1, never given twice."""
        with self.change():
            last = (self.get("sequence", sequence) or {"last": 0})["last"]
            self.put("sequence", sequence, {"last": last + 1})
        return int(last) + 1

    @contextmanager
    def change(self) -> Iterator[None]:
        """Read and write as one: nobody else changes anything in between. Never call out while inside."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _rows(self, query: str, *values: str) -> list[dict[str, Any]]:
        with self._lock:
            return [json.loads(body) for (body,) in self._connection.execute(query, values).fetchall()]
