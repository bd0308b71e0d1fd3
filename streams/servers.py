"""The servers behind a URL, and which of them may be written for a key.

It is the only server, the master of the key's slot in a cluster, or the primary of a primary and its standbys.

All keys of a partition are in one slot, so on one server: a plain client of that server does for the partition what a
cluster client would do, at half the cost. The servers are asked which one it is when a stage begins, while it is idle,
and after every error; never for a single command. What a server answers in between (the key has moved, the server is
read-only) is an error like any other.
"""

import asyncio
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MasterDownError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import ConnectionError as ServerLost
from redis.retry import Retry

LOOK_S: Final = 3.0
"""How long it may take to ask all servers, however many do not answer: a service that is stopped has five seconds."""

FRESH_S: Final = 0.5
"""How long the answers are reused: a hundred partitions lose their server at the same moment, and all ask."""

ELSEWHERE: Final = (AskError, ClusterDownError, MasterDownError, ReadOnlyError)
"""Errors of a server that may not be written for a key: another may, or soon will. ``MOVED`` is an ``AskError``."""

ClientT = TypeVar("ClientT")

ClientT_co = TypeVar("ClientT_co", covariant=True)


class Readable(Protocol[ClientT_co]):
    """Servers that can be read: those that may be written, or a stand-by."""

    async def current(self, key: str) -> ClientT_co:
        """Return a client of the server to read the key from.

        Raises:
            RedisError: none answers.
        """
        ...


class Undecided(ServerLost):
    """Servers answer, but none of them may be written, or more than one may."""


class PartitionMoved(ServerLost):
    """A partition was on one server and is now on another."""


@dataclass(frozen=True, slots=True)
class View:
    """Which servers may be written, as the servers themselves say."""

    firsts: Sequence[int]
    """First slot of each range, ascending. A single server has one range with all slots."""
    owners: Sequence[str]
    """URL of the server that has the range."""
    standbys: bool
    """Whether there are replicas, so that a write is to be on a second server too."""
    alone: bool = False
    """Whether there is one server only, so that nothing can change."""
    history: str = ""
    """The primary's replication id, which names the history that it continues."""

    def owner(self, key: str) -> str:
        """Return the URL of the server that may be written for the key."""
        return self.owners[bisect_right(self.firsts, key_slot(key.encode())) - 1]


def addresses(url: str) -> list[str]:
    """Return a plain URL for each server that ``url`` names: ``redis://one:6379,other:6379/0`` names two."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return [url]
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]


def asker(url: str, answer_s: float) -> Redis:
    """Return a client for short questions to a server; it waits no longer than ``answer_s`` seconds for an answer."""
    # No hidden retries: the caller asks again.
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=answer_s, socket_connect_timeout=answer_s)


def look(urls: Sequence[str], history: str = "", ask: Callable[[str, float], Redis] = asker) -> View:
    """Ask the servers (nodes of one cluster, a primary with its standbys, or a single server) which may be written.

    Args:
        urls: a plain URL of each.
        history: replication id of the primary when it was last seen.
        ask: as ``asker``.

    Raises:
        RedisError: no server answers, or the answers do not say which may be written.
    """
    alone: dict[str, Any] = {}
    trouble: RedisError | None = None
    for url in urls:
        with closing(ask(url, LOOK_S / len(urls))) as client:
            try:
                info = _cluster_info(client)
                if info is None:
                    alone[url] = client.info("replication")
                elif info["cluster_state"] == "ok":
                    return _cluster(client, url, standbys=info["cluster_known_nodes"] != info["cluster_size"])
                else:
                    trouble = Undecided("The cluster is down: too many of its masters are away.")
            except RedisError as error:
                trouble = error
    if not alone:
        raise trouble or Undecided("No server is named.")
    if len(urls) > 1:
        primary = _primary(alone, history)
        return View((0,), (primary,), standbys=True, history=alone[primary]["master_replid"])
    return View((0,), urls, standbys=int(alone[urls[0]]["connected_slaves"]) > 0, alone=True)


def _cluster_info(client: Redis) -> dict[str, str] | None:
    """Return what a node says of its cluster; None when the server is not part of one."""
    try:
        return cast("dict[str, str]", client.cluster("INFO"))
    except ResponseError:
        # Switched off, unknown to this server, or not allowed to this user.
        return None


def _cluster(client: Redis, asked: str, *, standbys: bool) -> View:
    """Return which node has which slots, as one node of the cluster says.

    Raises:
        Undecided: no node has any.
    """
    ranges = cast("list[list[Any]]", client.cluster("SLOTS"))
    firsts: list[int] = []
    owners: list[str] = []
    parts = urlsplit(asked)
    user, at, _ = parts.netloc.rpartition("@")
    for first, _last, (name, port, *_), *_replicas in sorted(ranges, key=lambda found: found[0]):
        # A node that does not know its own name is the one that was asked.
        host = (name or b"").decode().strip("?") or parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        firsts.append(first)
        owners.append(parts._replace(netloc=f"{user}{at}{host}:{port}", path="").geturl())
    if not owners:
        raise Undecided("The cluster has not been given its slots yet.")
    return View(firsts, owners, standbys)


def _primary(found: dict[str, Any], history: str) -> str:
    """Return which of several servers is the primary.

    A primary that is restarted begins a new history (replication id). A promoted standby does too, and names the one
    that it continues (``master_replid2``).

    Raises:
        Undecided: none is, or several are, and it cannot be known which of them took over from the others.
    """
    primaries = {url: said for url, said in found.items() if said["role"] == "master"}
    if len(primaries) == 1:
        return next(iter(primaries))
    if not primaries:
        raise Undecided("None of the servers is a primary. Promote one of them: REPLICAOF NO ONE.")
    known = {history, *(said["master_replid"] for said in primaries.values())}
    promoted = [url for url, said in primaries.items() if said["master_replid2"] in known]
    same = [url for url, said in primaries.items() if said["master_replid"] == history]
    for chosen in (promoted, same):
        if len(chosen) == 1:
            return chosen[0]
    raise Undecided(
        f"{len(primaries)} servers say that they are the primary, and which of them holds the election cannot be told. "
        "Make one follow the other (REPLICAOF), or name only the right one."
    )


class Servers(Generic[ClientT]):
    """The servers behind a URL, with one client for each.

    Args:
        url: the servers, as for ``addresses``; of a cluster, any of its nodes.
        connect: returns a client of the server at a plain URL, without connecting yet.

    Raises:
        ValueError: ``url`` is not the URL of a Redis server.
    """

    def __init__(self, url: str, connect: Callable[[str], ClientT]) -> None:
        self.named = addresses(url)
        """A plain URL for each server that was named."""
        for named in self.named:
            Redis.from_url(named).close()
        self._connect = connect
        self._clients: dict[str, ClientT] = {}
        self._known: tuple[str, ...] = ()
        self._history = ""
        self._found: View | RedisError | None = None
        self._looked_at = 0.0
        self._looking = threading.Lock()
        # Kept, because a discarded client is circular garbage with a buffer of 16 kB. It connects anew by itself.
        self._ask = cache(asker)

    @property
    def fresh(self) -> bool:
        """Whether asking again would bring nothing new: the answers are recent, or there is one server only."""
        if isinstance(self._found, View) and self._found.alone:
            return True
        return self._found is not None and time.monotonic() - self._looked_at < FRESH_S

    def look(self) -> View:
        """Ask the servers which may be written, unless the answers are recent, and return what they say.

        Raises:
            RedisError: no server answers, or the answers do not say which may be written.
        """
        with self._looking:
            if not self.fresh:
                try:
                    # The nodes that the URL names may all be gone, and those that joined later be left.
                    urls = tuple(dict.fromkeys((*self.named, *self._known)))
                    self._found = look(urls, self._history, self._ask)
                    self._known, self._history = tuple(self._found.owners), self._found.history
                except RedisError as error:
                    self._found = error
                self._looked_at = time.monotonic()
        if isinstance(self._found, View):
            return self._found
        assert self._found is not None  # noqa: S101  # found or failed, just now
        raise self._found

    def view(self) -> View:
        """Return what the servers said last, asking them when they have not been asked yet.

        Raises:
            RedisError: as ``look``.
        """
        return self._found if isinstance(self._found, View) else self.look()

    def at(self, key: str) -> ClientT:
        """Return a client of the server that may be written for the key, as the servers said last.

        Raises:
            RedisError: as ``look``.
        """
        return self._client(self.view().owner(key))

    async def current(self, key: str) -> ClientT:
        """Return a client of the server that may be written for the key now, asking the servers if need be.

        Raises:
            RedisError: as ``look``.
        """
        if not self.fresh:
            # In a thread: servers that do not answer must not hold up the partitions of the others.
            await asyncio.to_thread(self.look)
        return self.at(key)

    def everywhere(self) -> list[ClientT]:
        """Return a client of each server that may be written, as the servers said last.

        Raises:
            RedisError: as ``look``.
        """
        return [self._client(url) for url in dict.fromkeys(self.view().owners)]

    def clients(self) -> list[ClientT]:
        """Return every client that was made, to close them."""
        return list(self._clients.values())

    def _client(self, url: str) -> ClientT:
        if url not in self._clients:
            self._clients[url] = self._connect(url)
        return self._clients[url]


class OneServer(Generic[ClientT]):
    """The very server at a URL, primary or stand-by: for whoever only reads.

    Args:
        url: its URL.
        connect: makes its client.
    """

    def __init__(self, url: str, connect: Callable[[str], ClientT]) -> None:
        self._client = connect(url)

    async def current(self, _key: str) -> ClientT:
        """Return its client, whatever the key."""
        return self._client
