"""Which server may be written for a key: the only one, the master of the key's slot, or the primary of several.

All keys of a partition are in one slot, so on one server: a plain client of that server does for the partition what a
cluster client would do, at half the cost, as long as somebody knows which server it is. The servers are asked when
work begins, while there is nothing to do, and after anything went wrong; never for a single command. What a server
answers in between (that the key has moved, that it may only be read) is an error like any other.
"""

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, TypeVar, cast
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MasterDownError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import ConnectionError as ServerLost
from redis.retry import Retry

LOOK_S: Final = 3.0
"""How long a look may take, however many servers keep silent: a service that is told to end has five seconds."""

FRESH_S: Final = 0.5
"""A look serves everybody who asks within this time: a hundred partitions lose their server at the same moment."""

ELSEWHERE: Final = (AskError, ClusterDownError, MasterDownError, ReadOnlyError)
"""What a server says that may not be written for a key: another may, or soon will. ``MOVED`` is an ``AskError``."""

ClientT = TypeVar("ClientT")


class Undecided(ServerLost):
    """Servers answer, and none of them, or more than one, may be written."""


class Elsewhere(ServerLost):
    """A partition was at one server and is now at another."""


@dataclass(frozen=True, slots=True)
class View:
    """Who may be written, as the servers see it."""

    firsts: Sequence[int]
    """Where each range of slots begins, ascending. One server by itself has all of them."""
    owners: Sequence[str]
    """URL of the server that has the range."""
    standbys: bool
    """Whether what is written is to be on a second server too."""
    alone: bool = False
    """Whether there is no other server, so that nothing can change."""
    history: str = ""
    """The primary's replication id: names the history that it writes on."""

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
    """Return a client that asks a server who it is, and waits no longer than ``answer_s`` seconds."""
    # No hidden retries: whoever looks looks again.
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=answer_s, socket_connect_timeout=answer_s)


def look(urls: Sequence[str], history: str = "", ask: Callable[[str, float], Redis] = asker) -> View:
    """Ask the servers, which are parts of one cluster, or a primary with its standbys, or one server by itself.

    Args:
        urls: a plain URL of each.
        history: of the primary, when it was last seen.
        ask: as ``asker``.

    Raises:
        RedisError: nobody answers, or the answers do not say who may be written.
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
    """Return what a node says of its cluster; None when it is none."""
    try:
        return cast("dict[str, str]", client.cluster("INFO"))
    except ResponseError:
        # Switched off, unknown, or not allowed: then it is not for us to tell servers apart.
        return None


def _cluster(client: Redis, asked: str, *, standbys: bool) -> View:
    """Return who has which slots, as a node of the cluster tells.

    Raises:
        Undecided: nobody has any.
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

    A primary that is started again begins another history. One that was promoted does too, and remembers the one that
    it goes on from.

    Raises:
        Undecided: none is, or several are, and it cannot be told which of them took over from the others.
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


class Reach(Generic[ClientT]):
    """Clients of the servers behind a URL, one for each server.

    Args:
        url: the servers, as for ``addresses``; of a cluster, any of its nodes.
        connect: returns a client of the server at a plain URL, without reaching for it yet.

    Raises:
        ValueError: ``url`` is no URL of servers.
    """

    def __init__(self, url: str, connect: Callable[[str], ClientT]) -> None:
        self._named = addresses(url)
        for named in self._named:
            Redis.from_url(named).close()
        self._connect = connect
        self._clients: dict[str, ClientT] = {}
        self._known: tuple[str, ...] = ()
        self._history = ""
        self._found: View | RedisError | None = None
        self._looked_at = 0.0
        self._looking = threading.Lock()
        # A client that is thrown away is circular garbage, with 16 kB for what it reads. This one connects anew.
        self._ask = cache(asker)

    @property
    def fresh(self) -> bool:
        """Whether another look would tell nothing new: one was just taken, or there is no other server anyway."""
        if isinstance(self._found, View) and self._found.alone:
            return True
        return self._found is not None and time.monotonic() - self._looked_at < FRESH_S

    def look(self) -> View:
        """Ask the servers anew, unless that was just done, and return what they say.

        Raises:
            RedisError: nobody answers, or the answers do not say who may be written.
        """
        with self._looking:
            if not self.fresh:
                try:
                    # Nodes that came later may be all that is left of those that were named.
                    urls = tuple(dict.fromkeys((*self._named, *self._known)))
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
        """Return what the servers said last, asking them when nobody has yet.

        Raises:
            RedisError: as ``look``.
        """
        return self._found if isinstance(self._found, View) else self.look()

    def at(self, key: str) -> ClientT:
        """Return a client of the server that may be written for the key, as of the last look.

        Raises:
            RedisError: as ``look``.
        """
        return self._client(self.view().owner(key))

    def everywhere(self) -> list[ClientT]:
        """Return a client of each server that may be written, as of the last look.

        Raises:
            RedisError: as ``look``.
        """
        return [self._client(url) for url in dict.fromkeys(self.view().owners)]

    def clients(self) -> list[ClientT]:
        """Return every client there is, to close them."""
        return list(self._clients.values())

    def _client(self, url: str) -> ClientT:
        if url not in self._clients:
            self._clients[url] = self._connect(url)
        return self._clients[url]
