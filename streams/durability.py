"""Whether a server will keep what it has acknowledged, as far as it says so itself."""

from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError, ResponseError

MEANT: Final = "TALLYWIRE_SERVER_MAY_LOSE_DATA"
"""Environment variable that says that a server which may lose data is meant: for a rehearsal, say."""


LOSSES: Final = ("appendonly", "last_write", "appendfsync", "maxmemory_policy")
"""What may be wrong with a server that loses what it has acknowledged."""


def what_it_loses(client: Redis, synced: str | None) -> dict[str, str]:
    """Return why the server may lose what it has acknowledged: a sentence by what is wrong, of ``LOSSES``.

    Args:
        client: of the server.
        synced: its setting ``appendfsync``; None where that is not known.

    Raises:
        RedisError: the server is away, or does not answer.
    """
    said: Any = {**told(client, "persistence"), **told(client, "memory")}
    found = {}
    if said.get("aof_enabled") == 0:
        found["appendonly"] = "appendonly is off: what was accepted is gone when the server ends."
    elif said.get("aof_last_write_status", "ok") != "ok":
        found["last_write"] = "The last write to its log has failed: see its own log, and whether the disk is full."
    if synced not in (None, "always"):
        found["appendfsync"] = f"appendfsync is {synced}: what was accepted last is gone when the machine stops."
    policy = said.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        found["maxmemory_policy"] = f"maxmemory-policy is {policy}: a full server drops what was accepted."
    return found


def how_synced(client: Redis) -> str | None:
    """Return the setting ``appendfsync``; None where this user may not use ``CONFIG GET``.

    Raises:
        RedisError: the server is away, or does not answer.
    """
    try:
        return str(client.config_get("appendfsync").get("appendfsync", "always"))
    except ResponseError:
        return None


def told(client: Redis, section: str) -> Any:  # noqa: ANN401  # as redis-py has it
    """Return a section of what a server says of itself; nothing where this user may not ask."""
    try:
        return client.info(section)
    except ResponseError:
        return {}


def why_they_lose(clients: list[Redis]) -> list[str]:
    """Return the same for several servers, each sentence once; empty for those that cannot be asked now."""
    found: dict[str, None] = {}
    for client in clients:
        try:
            found.update(dict.fromkeys(what_it_loses(client, how_synced(client)).values()))
        except RedisError:
            continue
    return list(found)
