"""The connection to the servers: opening it, the catalogue of elections, and what a stand-by has."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as ServerSilent
from redis.retry import Retry

from streams.fold import START
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition
from streams.servers import Servers, Undecided, addresses
from streams.troubles import full, has_ended, is_full, why_not_in
from tallywire.client.errors import (
    NoServerError,
    NothingLoadedError,
    NotLoadedError,
    RefusedError,
    ServerAwayError,
    UnclearElectionError,
    UsageError,
)

CONNECT_TIMEOUT_S: Final = 3.0
"""A server on the next desk answers in a millisecond; one across the country well within this."""

BLOCK_S_MAX: Final = 2.0
"""Longest single wait for entries, so that a server that died without a word is noticed; an arrival ends it at once."""

ANSWER_TIMEOUT_S: Final = 5 * BLOCK_S_MAX
"""A server silent for longer than this, when asked to wait for less, is stuck."""

_NO_PORT: Final = re.compile(r"^([^/]*//[^/:@\[]*:)(?![0-9]+(?:[/,?]|$))[^/]*")
"""What stands before a password, and the password, where the host was forgotten."""

_OPTION: Final = re.compile(r"([?&][^=&]*pass[^=&]*=)[^&]*", re.IGNORECASE)
"""An option of a URL that is a password."""


def shown(url: str) -> str:
    """Return a server's URL without the password in it, for messages; also one that is no URL."""
    before, at, host = url.rpartition("@")
    if at:
        scheme, slashes, user = before.partition("//")
        name, colon, _ = user.partition(":")
        # What stands alone before the @ may be a password, too.
        known = f"{scheme}//{name}:" if colon and "/" not in name else f"{scheme}//" if slashes else ""
        without = f"{known}***@{host}"
    else:
        without = _NO_PORT.sub(r"\1***", url)
    return _OPTION.sub(r"\1***", without)


def check_url(url: str) -> None:
    """Check that ``url`` is one that a client understands.

    Raises:
        UsageError: it is not.
    """
    try:
        for address in addresses(url):
            # Makes a connection without opening it, so that an option that there is not is found, too.
            Redis.from_url(address).connection_pool.make_connection()
        # A slash in a password ends what stands before the host.
        right = url.startswith("unix:") or not any("@" in urlsplit(address).path for address in addresses(url))
    except (ValueError, TypeError):
        right = False
    if not right:
        # Not in the words of what was raised, which may repeat a part of the password.
        raise UsageError(
            f"{shown(url)} is not the URL of a Redis server, which looks like redis://USER:PASSWORD@HOST:PORT. In a "
            "user's name or password write %40 for @, %2F for /, %3A for :, %23 for #, %3F for ? and %25 for %."
        )


def can_be_election(name: str) -> bool:
    """Whether an election could have this id; anyone may have written anything into the catalogue."""
    try:
        Partition(name)
    except ValueError:
        return False
    return True


def elections_in(catalogue: object) -> list[str]:
    """Return the ids of the elections in the catalogue's entries, in the order in which they were loaded."""
    entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", catalogue)
    ids = (fields.get(b"election", b"").decode(errors="replace") for _, fields in entries)
    return [election for election in dict.fromkeys(ids) if can_be_election(election)]


def operator_in(catalogue: object, election: str) -> str | None:
    """Return the thumbprint of the operator's key that the catalogue has of an election; None where it has none.

    The first entry that names the election counts: a later one changes nothing.
    """
    entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", catalogue)
    named = next((fields for _, fields in entries if fields.get(b"election") == election.encode()), {})
    operator = named.get(b"operator")
    return None if operator is None else operator.decode(errors="replace")


def confirming_key(tag: str) -> str:
    """Return the key that is written to learn whether a stand-by has what came before; beside what ``tag`` names."""
    return f"{{{tag}}}:confirming"


def ask_standbys(pipeline: Any, key: str, wait_ms: int) -> None:  # noqa: ANN401  # of a blocking client or not
    """Put into a pipeline the question whether a stand-by has all that the server has told us so far."""
    # The server waits for the last write of this connection: one that comes after all we have read.
    pipeline.set(key, 1, px=1_000)
    pipeline.wait(1, wait_ms)


def one_has_it(answers: object) -> bool:
    """Return what the answers to ``ask_standbys`` say."""
    written, standbys = cast("list[object]", answers)
    return written is True and isinstance(standbys, int) and standbys > 0


class Connection:
    """An open connection to the servers.

    Redis errors pass through its methods; ``open_connection`` turns them into ``NoServerError``.
    """

    def __init__(self, servers: "Servers[Redis]") -> None:
        self.servers = servers

    def at(self, election: str) -> Any:  # noqa: ANN401  # redis-py types every answer as "or awaitable": cast where used
        """Return a client of the server that has the election."""
        return self.servers.at(Partition(election).key(""))

    @property
    def _catalogue(self) -> Any:  # noqa: ANN401  # as `at`
        return self.servers.at(CATALOGUE)

    def elections(self) -> list[str]:
        """Return the ids of the loaded elections, in the order they were loaded."""
        return elections_in(self._catalogue.xrange(CATALOGUE))

    def choose(self, named: str | None) -> list[str]:
        """Return the election that was named, else all that are loaded.

        Raises:
            NothingLoadedError: none is loaded.
            NotLoadedError: the one named is not loaded.
        """
        loaded = self.elections()
        if not loaded:
            raise NothingLoadedError
        if named is not None and named not in loaded:
            raise NotLoadedError(f"The election {named} is not loaded. Loaded: {', '.join(loaded)}.")
        return [named] if named is not None else loaded

    def choose_one(self, named: str | None) -> str:
        """Return the election that was named, else the only one that is loaded.

        Raises:
            NothingLoadedError: none is loaded.
            NotLoadedError: the one named is not loaded.
            UnclearElectionError: several are loaded and none was named.
        """
        found = self.choose(named)
        if len(found) > 1:
            raise UnclearElectionError(f"{len(found)} elections are loaded: {', '.join(found)}.")
        return found[0]

    def operator(self, election: str) -> str | None:
        """Return the thumbprint of the operator's key that the catalogue has of an election, if any."""
        return operator_in(self._catalogue.xrange(CATALOGUE), election)

    def announce(self, election: str, operator: str | None = None) -> None:
        """Name the election in the catalogue, where the services find it; harmless when it is there.

        Args:
            election: its id.
            operator: the thumbprint of its operator's key, where it asks for signatures.

        Raises:
            RefusedError: the catalogue names as many as services work on.
        """
        named = self.elections()
        if election not in named and len(named) >= PARTITIONS_MAX:
            raise RefusedError(
                f"The catalogue names {len(named)} elections, as many as services work on. Use another server for "
                f"{election}."
            )
        if election not in named:
            signed = {} if operator is None else {"operator": operator}
            self._catalogue.xadd(CATALOGUE, {"election": election, **signed})

    def forget(self, election: str) -> None:
        """Take the election out of the catalogue; harmless where it is not there."""
        entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", self._catalogue.xrange(CATALOGUE))
        rows = [entry_id for entry_id, fields in entries if fields.get(b"election") == election.encode()]
        if rows:
            self._catalogue.xdel(CATALOGUE, *rows)

    def on_standby(self, tag: str, wait_s: float) -> bool:
        """Whether a stand-by has everything that the server has told us so far; true where there is to be none.

        Args:
            tag: the election, or ``CATALOGUE``: whose server is meant.
            wait_s: seconds to wait for it.
        """
        if not self.servers.view().standbys:
            return True
        key = confirming_key(tag)
        pipeline = self.servers.at(key).pipeline(transaction=False)
        ask_standbys(pipeline, key, max(1, int(1_000 * min(wait_s, BLOCK_S_MAX))))
        return one_has_it(pipeline.execute(raise_on_error=False))

    def last_id(self, election: str, stream: str) -> str:
        """Return the id of the stream's last entry; ``0-0`` when it is empty."""
        last = cast("list[tuple[bytes, object]]", self.at(election).xrevrange(Partition(election).key(stream), count=1))
        return last[0][0].decode() if last else START


def ask_at_once(client: Any, ask: Callable[[Any], None]) -> list[Any]:  # noqa: ANN401  # clients and pipelines of redis-py
    """Return the answers to several questions, as they are at one moment.

    Args:
        client: of the server that is asked.
        ask: puts the questions into a pipeline. They only read.
    """
    pipeline = client.pipeline(transaction=True)
    ask(pipeline)
    try:
        return cast("list[Any]", pipeline.execute())
    except RedisError as error:
        if not is_full(error):
            raise
    # A Redis whose memory is full refuses the transaction. It takes nothing new, so that a moment lasts.
    pipeline = client.pipeline(transaction=False)
    ask(pipeline)
    return cast("list[Any]", pipeline.execute())


@contextmanager
def open_connection(url: str) -> Iterator[Connection]:
    """Connect to the server at ``url``, or to the servers, for as long as the block lasts.

    Raises:
        UsageError: the URL cannot be one.
        NoServerError: the server is away, gets lost or refuses; from inside the block, too.
    """
    check_url(url)
    servers = find_servers(url)
    try:
        servers.look()
        yield Connection(servers)
    except RedisError as error:
        raise _no_server(url, error) from error
    finally:
        for client in servers.clients():
            client.close()


def find_servers(url: str) -> "Servers[Redis]":
    """Return what finds the servers at ``url``; its clients repeat nothing by themselves."""
    return Servers(url, _connect)


def _connect(url: str) -> "Redis":
    # No hidden retries: a person waits for the answer, and an entry must not be sent twice unknown to us.
    return Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
    )


def _no_server(secret_url: str, error: RedisError) -> NoServerError:
    url = shown(secret_url)
    if why := why_not_in(addresses(secret_url)[0], error):
        return NoServerError(f"The server at {url} lets nobody in. {why}")
    if isinstance(error, Undecided):
        return NoServerError(f"The servers at {url} cannot be used now. {error}")
    if isinstance(error, ServerSilent):
        return NoServerError(f"The server at {url} does not answer.")
    if is_full(error):
        return NoServerError(f"{full(f'the server at {url}')} Nothing that was accepted is lost.")
    if isinstance(error, ResponseError):
        return NoServerError(f"The server at {url} {_refusal(error)}")
    return ServerAwayError(f"There is no server at {url}. ({error})")


def _refusal(error: ResponseError) -> str:
    if has_ended(error):
        return "takes nothing more for this election: `tallywire health` says why."
    if "WRONGTYPE" in str(error):
        named = f"`tallywire verify --election ID` names it, unless it is {CATALOGUE} itself."
        return f"has something else under a key of ours. {named}"
    return f"refused: {error}"
