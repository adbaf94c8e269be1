"""Two ways to hold a slot in PostgreSQL, with its own settings (every commit reaches the disk).

A slot is a row; it is free when its time is over; a person stands in a session once, by a unique index.
"""

from typing import ClassVar, LiteralString

import psycopg
from psycopg.errors import UniqueViolation

from bench.rush.rules import Answer, Memory, Sale, Tally, Turn

_SCHEMA: LiteralString = """
DROP TABLE IF EXISTS slots;
CREATE TABLE slots (
    session int, slot int, holder bigint, held_until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (session, slot)
);
CREATE UNIQUE INDEX ON slots (session, holder);
"""


class _Slots:
    """One connection."""

    taking: ClassVar[LiteralString]

    def __init__(self, turn: Turn, memory: Memory, tally: Tally) -> None:
        self.connection = psycopg.connect(turn.address, autocommit=True)
        self.tally = tally

    @classmethod
    def prepare(cls, turn: Turn) -> None:
        """Make the table, with every slot free."""
        rows = [(session, slot) for session, places in enumerate(turn.places) for slot in range(places)]
        with psycopg.connect(turn.address) as connection, connection.cursor() as cursor:
            cursor.execute(_SCHEMA)
            cursor.executemany("INSERT INTO slots (session, slot) VALUES (%s, %s)", rows)

    @classmethod
    def open(cls, turn: Turn, memory: Memory, tally: Tally) -> "_Slots":
        """One connection."""
        return cls(turn, memory, tally)

    def warm(self) -> None:
        """The connection is open; let the statement be planned."""
        self.connection.execute("SELECT 1 FROM slots").fetchone()

    def hold(self, session: int, person: int) -> tuple[Answer, Sale | None]:
        """One statement, which is a transaction."""
        self.tally.calls += 1
        try:
            row = self.connection.execute(self.taking, {"session": session, "person": person}).fetchone()
        except UniqueViolation:
            return Answer.ALREADY, None
        taken, free, mine = row or (None, None, None)
        if taken is not None:
            return Answer.HELD, Sale(session, taken, person)
        if mine is not None:
            return Answer.ALREADY, None
        return (Answer.LOST if free else Answer.FULL), None

    def audit(self, sales: list[Sale]) -> tuple[int, int]:
        """By the rows as they stand."""
        rows = self.connection.execute(
            "SELECT session, slot, holder, held_until > now() FROM slots"
        ).fetchall()
        held = {(session, slot, holder) for session, slot, holder, standing in rows if standing}
        stands = [sale for sale in sales if sale[:3] in held]
        return min(len(stands), len({sale.person for sale in stands})), len(rows) - len(held)


class UpdateWhere(_Slots):
    """`UPDATE ... WHERE`: a free slot is looked up, and taken if it is still free."""

    taking = """
        WITH seen AS (
            SELECT slot FROM slots WHERE session = %(session)s AND held_until < now()
            ORDER BY random() LIMIT 1
        ), taken AS (
            UPDATE slots SET holder = %(person)s, held_until = now() + interval '10 minutes'
            WHERE session = %(session)s AND slot = (SELECT slot FROM seen) AND held_until < now()
            RETURNING slot
        )
        SELECT (SELECT slot FROM taken), EXISTS (
            SELECT FROM slots WHERE session = %(session)s AND held_until < now()
        ), (
            SELECT slot FROM slots WHERE session = %(session)s AND holder = %(person)s AND held_until > now()
        )
    """


class SkipLocked(_Slots):
    """`SELECT ... FOR UPDATE SKIP LOCKED`: a free slot that nobody else is taking at this moment."""

    taking = """
        WITH seen AS MATERIALIZED (
            SELECT slot FROM slots WHERE session = %(session)s AND held_until < now()
            ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE slots SET holder = %(person)s, held_until = now() + interval '10 minutes'
            WHERE session = %(session)s AND slot = (SELECT slot FROM seen)
            RETURNING slot
        )
        SELECT (SELECT slot FROM taken), EXISTS (
            SELECT FROM slots WHERE session = %(session)s AND held_until < now()
        ), (
            SELECT slot FROM slots WHERE session = %(session)s AND holder = %(person)s AND held_until > now()
        )
    """
