"""A publishing service, read as anybody may read it: with limits, for it may be anything."""

import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from httpx2 import Client, HTTPError, InvalidURL, NetworkError, RemoteProtocolError, Response, Timeout, TimeoutException

from schemas import RELEASE
from tallywire.client.connection import can_be_election
from tallywire.client.errors import NoServerError, NotThereError, RefusedError, UsageError
from tallywire.client.feed import blocks
from tallywire.publishing.cursor import Cursor

ANSWER_BYTES_MAX: Final = 256 * 1024 * 1024
"""Bytes of an answer, or of one event of the feed: all contests of the largest election are half of that."""

TIMEOUT: Final = Timeout(30.0, connect=10.0)
"""Seconds without a byte. A service that is asked for a large page it has not made yet takes one."""

FEED_TIMEOUT: Final = Timeout(60.0, connect=10.0)
"""As above, of a feed, which says something every 15 seconds."""

TRIES: Final = 5
"""How often something is asked for while the service says that it cannot answer just now, or breaks off."""

PAUSE_S: Final = 5.0
"""The longest pause between two tries, whatever the service asks for."""

SHOWN_LENGTH: Final = 300
"""Characters of what a service says that are repeated to a person."""

_NOT_NOW: Final = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)

_ELECTION: Final = re.compile(r"(.*?)/v1/elections(?:/([^/]+))?/?")


class AnotherHistory(RefusedError):  # noqa: N818  # as its base: a sentence for a person
    """The election has got another history while it was read."""


class Block(NamedTuple):
    """A block of a feed."""

    name: str
    """What kind of event it is; empty where it only moves the place."""
    id: str
    data: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is, and perhaps an election there."""

    base: str
    election: str | None


@dataclass(frozen=True, slots=True)
class Now:
    """How far a service shows an election."""

    cursor: Cursor
    state: str
    """What it says of itself: ``live`` is well."""
    release: str
    licence: str


@dataclass(slots=True)
class Answer:
    """What was answered to a request."""

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """The content as JSON; None where it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def detail(self) -> str:
        """What a problem says; else the status."""
        problem = self.json
        said = problem.get("detail") if isinstance(problem, dict) else None
        return said[:SHOWN_LENGTH] if isinstance(said, str) else f"It answered {self.status}."


def read_place(url: str, election: str | None) -> Place:
    """Return what a URL names: a service, or an election of one.

    Args:
        url: of the service (``https://results.example.org``), or of an election there (``.../v1/elections/ID``).
        election: the election that was named besides, if any.

    Raises:
        UsageError: it is no URL of either kind, or names another election.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(
            f"{url} is not the URL of a publishing service, which looks like https://results.example.org, or of an "
            "election there, https://results.example.org/v1/elections/pcc.2024-05-02."
        )
    found = _ELECTION.fullmatch(parts.path)
    path, named = (parts.path.rstrip("/"), None) if found is None else (found[1], found[2])
    named = None if named is None else unquote(named)
    if named is not None and not can_be_election(named):
        raise UsageError(f"{named!r} is no election's id; one looks like pcc.2024-05-02.")
    if named is not None and election not in (None, named):
        raise UsageError(f"The URL is of {named}, not of {election}.")
    return Place(urlunsplit((parts.scheme, parts.netloc, path, "", "")), named or election)


@contextmanager
def open_service(base: str, api_key: str | None = None) -> "Iterator[Service]":
    """Open a client of a service.

    Args:
        base: where it is.
        api_key: the API key, where it asks for one.

    Raises:
        NoServerError: it cannot be reached, or breaks off; from inside the block, too.
        UsageError: the URL cannot be one.
    """
    try:
        headers = {"User-Agent": f"tallywire-verify/{RELEASE}"}
        if api_key is not None:
            headers["Authorization"] = f"Bearer {api_key}"
        with Client(timeout=TIMEOUT, headers=headers) as client:
            yield Service(client, base)
    except TimeoutException as error:
        raise NoServerError(f"{base} does not answer.") from error
    except HTTPError as error:
        raise NoServerError(f"{base} cannot be read: {error}") from error
    except InvalidURL as error:
        raise UsageError(f"{base} is no URL: {error}") from error


class Service:
    """A publishing service.

    Errors of the client pass through its methods; ``open_service`` turns them into ``NoServerError``.
    """

    def __init__(self, client: Client, base: str) -> None:
        self._client = client
        self._base = base

    def elections(self) -> list[str]:
        """Return the ids of its elections.

        Raises:
            UsageError: there is no publishing service, or it does not let us in.
        """
        answer = self._get("/v1/elections")
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            # Exit code 1 would say that a difference was found.
            raise UsageError(f"{answer.detail} Here a key is named in TALLYWIRE_API_KEY.")
        body = answer.json if answer.status == HTTPStatus.OK else None
        listed = body.get("elections") if isinstance(body, dict) else None
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise UsageError(
                f"There is no publishing service of Tallywire at {self._base}: it has no list of elections at "
                "/v1/elections."
            )
        names = [each.get("election") for each in listed]
        return [name for name in names if isinstance(name, str) and can_be_election(name)]

    def now(self, election: str) -> Now:
        """Return how far an election is shown.

        Raises:
            NotThereError: there is no such election.
            RefusedError: the answer makes no sense.
        """
        answer = self._get(f"/v1/elections/{election}/headlines?last=0")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NotThereError(answer.detail)
        body = self._done(answer).json
        try:
            release, licence = str(body["release"]), str(body["licence"]["feed"])
            return Now(Cursor.read(body["cursor"]), answer.headers.get("tallywire-state", ""), release, licence)
        except (TypeError, KeyError, ValueError) as error:
            raise RefusedError(f"{self._base} shows {election} without a cursor, a licence or a release.") from error

    def checkpoint(self, election: str) -> Answer:
        """Return the signed head that is shown, as JSON; or 404 where none is, 409 where it is not shown."""
        answer = self._get(f"/v1/elections/{election}/checkpoint")
        return answer if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT) else self._done(answer)

    def ledger(self, election: str, first: int, last: int, cursor: Cursor) -> list[bytes]:
        """Return lines of the ledger."""
        path = f"/v1/elections/{election}/ledger?from={first}&to={last}&at={cursor}"
        return self._done(self._get(path, "application/x-ndjson")).content.splitlines()

    def page(self, election: str, page: str, cursor: Cursor) -> bytes | None:
        """Return a page as it was at a cursor; None where it is not there."""
        answer = self._get(f"/v1/elections/{election}/{quote(page)}?at={cursor}")
        return None if answer.status == HTTPStatus.NOT_FOUND else self._done(answer).content

    def feed(self, election: str) -> Iterator[Block]:
        """Yield the blocks of an election's feed from its beginning, for ever; who is cut off goes on where it was.

        Raises:
            NoServerError: it breaks off again and again.
        """
        after, failures = "0", 0
        while failures < TRIES:
            with self._client.stream(
                "GET",
                f"{self._base}/v1/elections/{election}/events",
                params={"after": after},
                headers={"Accept": "text/event-stream"},
                timeout=FEED_TIMEOUT,
            ) as response:
                if response.status_code != HTTPStatus.OK:
                    self._done(_read(response))
                failures += 1
                for block in _unbroken(read_blocks(response.iter_bytes())):
                    if block.id:
                        after = block.id
                    if block.id and block.data:
                        failures = 0
                    yield block
            time.sleep(failures / TRIES)
        raise NoServerError(f"The feed of {election} at {self._base} breaks off again and again at {after}.")

    def _get(self, path: str, accept: str = "application/json") -> Answer:
        """Ask for something, and once more while the service cannot answer just now."""
        attempt = 0
        while True:
            attempt += 1
            with self._client.stream("GET", f"{self._base}{path}", headers={"Accept": accept}) as response:
                answer = _read(response)
            if attempt == TRIES or answer.status not in _NOT_NOW:
                return answer
            time.sleep(_pause_s(answer.headers.get("retry-after", "")))

    def _done(self, answer: Answer) -> Answer:
        """Return an answer if it is what was asked for.

        Raises:
            AnotherHistory: what was asked for is of another history.
            UsageError: it is elsewhere.
            NoServerError: the service cannot answer now.
            RefusedError: it answers something else.
        """
        if answer.status == HTTPStatus.OK:
            return answer
        if answer.status == HTTPStatus.GONE:
            raise AnotherHistory(f"The election has got another history meanwhile. Verify it again. ({answer.detail})")
        if 300 <= answer.status < 400:  # noqa: PLR2004  # redirects
            elsewhere = answer.headers.get("location", "")[:SHOWN_LENGTH]
            raise UsageError(f"{self._base} sends its readers elsewhere: {elsewhere}. Name the URL there.")
        if answer.status in _NOT_NOW:
            raise NoServerError(f"{self._base} cannot answer now: {answer.detail}")
        raise RefusedError(f"{self._base} answers otherwise than a publishing service does: {answer.detail}")


def read_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Yield those blocks of a feed that say something, or move the reader's place.

    Raises:
        RefusedError: a block is too long.
    """
    for fields in blocks(chunks, ANSWER_BYTES_MAX):
        if fields.keys() & {"id", "data"}:
            yield Block(fields.get("event", ""), fields.get("id", ""), fields.get("data", ""))


_TOO_LONG: Final = f"What is answered is longer than {ANSWER_BYTES_MAX:,} bytes, which no answer of a service is."


def _unbroken(told: Iterator[Block]) -> Iterator[Block]:
    """Yield blocks until the connection ends, in whatever way."""
    try:
        yield from told
    except (NetworkError, RemoteProtocolError):
        return


def _read(response: Response) -> Answer:
    """Return an answer that is not too long.

    Raises:
        RefusedError: it is.
    """
    chunks, size = list[bytes](), 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_BYTES_MAX:
            raise RefusedError(_TOO_LONG)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, b"".join(chunks), headers)


def _pause_s(retry_after: str) -> float:
    return min(float(retry_after), PAUSE_S) if re.fullmatch(r"[0-9]{1,6}", retry_after) else 1.0
