"""Holding a slot in Redis by one Lua script, which runs alone. Nothing is kept on disk: the floor of all engines."""

from time import time

import redis

from bench.rush.rules import Answer, Memory, Sale, Tally, Turn

_FULL, _ALREADY = -1, -2
_TAKE = """
local slots, people, holders = KEYS[1], KEYS[2], KEYS[3]
local person, now, till = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local mine = redis.call('HGET', people, person)
if mine and tonumber(redis.call('ZSCORE', slots, mine)) > now then return -2 end
local free = redis.call('ZRANGEBYSCORE', slots, '-inf', now, 'LIMIT', 0, 1)[1]
if not free then return -1 end
local before = redis.call('HGET', holders, free)
if before then redis.call('HDEL', people, before) end
if mine then redis.call('HDEL', holders, mine) end
redis.call('ZADD', slots, till, free)
redis.call('HSET', people, person, free)
redis.call('HSET', holders, free, person)
return tonumber(free)
"""
_HOLD_MS = 600_000


class RedisLua:
    """One connection."""

    def __init__(self, turn: Turn, memory: Memory, tally: Tally) -> None:
        self.client = redis.Redis.from_url(turn.address, decode_responses=True)
        self.take = self.client.register_script(_TAKE)
        self.sessions, self.tally = len(turn.places), tally

    @classmethod
    def prepare(cls, turn: Turn) -> None:
        """Forget all, and let every slot be free."""
        with redis.Redis.from_url(turn.address) as client:
            client.flushdb()
            for session, places in enumerate(turn.places):
                client.zadd(_keys(session)[0], dict.fromkeys(map(str, range(places)), 0))

    @classmethod
    def open(cls, turn: Turn, memory: Memory, tally: Tally) -> "RedisLua":
        """One connection."""
        return cls(turn, memory, tally)

    def warm(self) -> None:
        """Open the connection, and let the server know the script."""
        self.client.script_load(_TAKE)

    def hold(self, session: int, person: int) -> tuple[Answer, Sale | None]:
        """One script."""
        self.tally.calls += 1
        now = _now()
        slot = int(str(self.take(keys=_keys(session), args=[person, now, now + _HOLD_MS])))
        if slot == _FULL:
            return Answer.FULL, None
        return (Answer.ALREADY, None) if slot == _ALREADY else (Answer.HELD, Sale(session, slot, person))

    def audit(self, sales: list[Sale]) -> tuple[int, int]:
        """By the holders as they stand."""
        held, free = set(), 0
        for session in range(self.sessions):
            slots, _, holders = _keys(session)
            found: dict[str, str] = dict(self.client.hgetall(holders))  # type: ignore[arg-type]
            held |= {(session, int(slot), int(person)) for slot, person in found.items()}
            free += int(str(self.client.zcount(slots, "-inf", _now())))
        stands = [sale for sale in sales if sale[:3] in held]
        return min(len(stands), len({sale.person for sale in stands})), free


def _keys(session: int) -> list[str]:
    return [f"{kind}:{session}" for kind in ("slots", "people", "holders")]


def _now() -> int:
    return int(time() * 1000)
