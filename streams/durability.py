"""Whether a server will keep what it has acknowledged, as far as it says so itself."""

from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError, ResponseError

MEANT: Final = "TALLYWIRE_SERVER_MAY_LOSE_DATA"
"""Environment variable that says that a server which may lose data is meant: for a rehearsal, say."""


def why_it_loses(client: Redis) -> list[str]:
    """Return why the server may lose what it has acknowledged, a sentence for each; empty when nothing is known.

    What a user may not ask for is passed over: ``appendfsync`` is told to whoever may use ``CONFIG GET``.

    Raises:
        RedisError: the server is away, or does not answer.
    """
    said: Any = {**_told(client, "persistence"), **_told(client, "memory")}
    found = []
    if said.get("aof_enabled") == 0:
        found.append("appendonly is off: what was accepted is gone when the server ends.")
    elif said.get("aof_last_write_status", "ok") != "ok":
        found.append("The last write to its log has failed: see its own log, and whether the disk is full.")
    try:
        synced = client.config_get("appendfsync").get("appendfsync", "always")
    except ResponseError:
        synced = "always"
    if synced != "always":
        found.append(f"appendfsync is {synced}: what was accepted last is gone when the machine stops.")
    policy = said.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        found.append(f"maxmemory-policy is {policy}: a full server drops what was accepted.")
    return found


def _told(client: Redis, section: str) -> Any:  # noqa: ANN401  # as redis-py has it
    try:
        return client.info(section)
    except ResponseError:
        return {}


def why_they_lose(clients: list[Redis]) -> list[str]:
    """Return the same for several servers, each sentence once; empty for those that cannot be asked now."""
    found: dict[str, None] = {}
    for client in clients:
        try:
            found.update(dict.fromkeys(why_it_loses(client)))
        except RedisError:
            continue
    return list(found)
