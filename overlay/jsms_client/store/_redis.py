"""A store in Redis (or Valkey), through redis-py; what takes several commands is a script, so that it is one step."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from jsms_client._concurrency import PerProcess
from jsms_client.errors import ConfigurationError
from jsms_client.store._backend import Entry, Leased, lost
from jsms_runtime.errors import is_raised_by_handler

_log = logging.getLogger("jsms_client")
# Seconds; a Redis that cannot be reached must not hold a send for minutes. The address may say otherwise.
_TIMEOUT = 10
_NOW = "local t = redis.call('TIME'); local now = t[1] + t[2] / 1000000; "

# What a script gives is a whole number, a text or nothing; a fraction would be cut off.
_PUT = """
local found = redis.call('GET', KEYS[1])
if not found or string.sub(found, 1, string.len(ARGV[1])) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return found
"""
_GET = "return redis.call('GET', KEYS[1])"
_REMOVE = """
local found = redis.call('GET', KEYS[1])
if found and string.sub(found, 1, string.len(ARGV[1])) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
"""
_RESERVE = (
    _NOW
    + """
local due = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.6f', due + ARGV[1]), 'PX', math.ceil((due - now + ARGV[1]) * 1000) + 1000)
return string.format('%.6f', due - now)
"""
)
# A queue has its items in a hash, and their numbers in a sorted set by when they are free.
_PUSH = """
for _, value in ipairs(ARGV) do
  local number = redis.call('INCR', KEYS[3])
  redis.call('HSET', KEYS[2], number, value)
  redis.call('ZADD', KEYS[1], 0, string.format('%015d', number))
end
return 0
"""
_LEASE = (
    _NOW
    + """
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 10)) do
  local number = tostring(tonumber(member))
  local value = redis.call('HGET', KEYS[2], number)
  if value then
    redis.call('ZADD', KEYS[1], now + ARGV[2], member)
    redis.call('HSET', KEYS[3], number, ARGV[1])
    return {number, value}
  end
  redis.call('ZREM', KEYS[1], member)
end
return nil
"""
)
_FINISH = """
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[1], string.format('%015d', ARGV[1]))
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return 0
"""


class RedisBackend:
    """The store's steps in Redis."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._checked = False
        try:
            parts = urlsplit(address)
            self._shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
            self._password = parts.password or ""
            self._clients = PerProcess(self._make)
            self._clients.get()
        except ValueError as error:
            raise ConfigurationError(
                "store is no address of Redis: write redis://user:password@host:port/number"
            ) from error

    def put(self, name: str, entry: Entry, seconds: float) -> Entry | None:
        """Keep an entry, unless another owner has one."""
        milliseconds = str(max(1, round(seconds * 1000)))
        return _entry(self._script(_PUT, [_key(name)], f"{entry.owner} ", f"{entry.owner} {entry.value}", milliseconds))

    def get(self, name: str) -> Entry | None:
        """Return the entry."""
        return _entry(self._script(_GET, [_key(name)]))

    def remove(self, name: str, owner: str | None = None) -> None:
        """Remove an entry."""
        self._script(_REMOVE, [_key(name)], "" if owner is None else f"{owner} ")

    def reserve(self, name: str, seconds: float) -> float:
        """Reserve the next free stretch of time."""
        return float(str(self._script(_RESERVE, [_key(name)], f"{seconds:.6f}")))

    def push(self, queue: str, values: Sequence[str]) -> None:
        """Append items to a queue."""
        self._script(_PUSH, [_key(queue), _key(queue, "values"), _key(queue, "count")], *values)

    def lease(self, queue: str, owner: str, seconds: float) -> Leased | None:
        """Return the first item that no consumer has."""
        found = self._script(
            _LEASE, [_key(queue), _key(queue, "values"), _key(queue, "owners")], owner, f"{seconds:.6f}"
        )
        if found is None:
            return None
        number, value = cast("tuple[str, str]", found)
        return Leased(int(number), value)

    def finish(self, queue: str, number: int, owner: str) -> None:
        """Remove an item that its consumer is done with."""
        self._script(_FINISH, [_key(queue), _key(queue, "values"), _key(queue, "owners")], str(number), owner)

    def close(self) -> None:
        """Close this process's connections."""
        client = self._clients.pop()
        if client is not None:
            client.close()

    def _make(self) -> Redis:
        return Redis.from_url(  # pyright: ignore[reportUnknownMemberType] - its options are untyped
            self._address,
            decode_responses=True,
            encoding_errors="replace",  # what another program wrote is read as an entry that is not ours
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
        )

    def _script(self, script: str, keys: Sequence[str], *arguments: str) -> object:
        client = self._clients.get()
        try:
            result: object = client.eval(script, len(keys), *keys, *arguments)
        except Exception as error:
            # Not a RedisError alone: a host or an option that cannot be used fails in its own way.
            if is_raised_by_handler(error):
                raise
            raise lost(self._shown, error, self._password) from error
        if not self._checked:
            self._checked = True
            self._warn(client)
        return result

    def _warn(self, client: Redis) -> None:
        """Log what of this Redis's settings can lose entries."""
        try:
            info: Mapping[str, object] = client.info()  # pyright: ignore[reportUnknownMemberType] - as above
        except RedisError:
            return  # not everyone may ask
        losses: list[str] = []
        if info.get("maxmemory") and info.get("maxmemory_policy") != "noeviction":
            losses.append(f"it evicts entries when its memory is full (maxmemory-policy {info['maxmemory_policy']})")
        if info.get("aof_enabled") == 0:
            losses.append("it has no append-only file (appendonly no)")
        if losses:
            _log.warning(
                "the store %s can lose entries: %s; a lost key can send a second message: see docs/store.md",
                self._shown,
                " and ".join(losses),
            )


def _key(name: str, part: str = "") -> str:
    # In braces, so that a cluster keeps what a script uses on one machine.
    return f"jsms:{{{name}}}{part and ':' + part}"


def _entry(text: object) -> Entry | None:
    if text is None:
        return None
    owner, _, value = str(text).partition(" ")
    return Entry(owner, value)
