"""Following feeds of a publishing service over HTTP: each event once, from any cursor, however often it is cut off."""

import json
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic, sleep
from typing import Any, Final, Literal

import httpx2

from tallywire.client.errors import NotThereError, RefusedError, TallywireError, UsageError

SILENCE_S: Final = 40.0
"""A feed that says nothing for so long is dead: it says every 15 s that it lives."""

CONNECT_S: Final = 10.0
"""How long a service may take to answer."""

RETRY_S: Final = 1.0
"""Between two attempts to reach a service that is away, unless it says after how long to come again."""

LIST_S: Final = 5.0
"""Between two looks for elections that were loaded meanwhile."""

SETTLED_S: Final = 5.0
"""A feed that is rebuilt, or whose server is away, says so every second; after so much silence it is not any more."""

WAITING_EVENTS: Final = 1_000
"""Events that may wait for whoever follows, until no more are read."""

BEGINNING: Final = "0"
"""The cursor before everything."""

What = Literal["following", "lost", "back", "waiting", "rebuilding", "away", "broken", "behind", "resnapshot"]
"""``following``: connected for the first time. ``lost``, ``back``: the service. ``waiting``: the election is not loaded
yet. The others the feed says itself; after ``rebuilding``, ``away`` and ``broken``, ``back`` says that it is over."""

_STATES: Final = ("rebuilding", "away", "broken")


@dataclass(frozen=True, slots=True)
class Told:
    """An event."""

    election: str
    """The election's id."""
    name: str
    """``result``, ``control``, ``tally``, ``headline``, or ``other`` of a later release."""
    cursor: str
    """Where to go on once it has been read."""
    event: bytes
    """As published."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the feed."""

    election: str
    """The election's id; empty where it is about the service."""
    what: What
    reason: str = ""
    """The service's words."""
    cursor: str = ""
    """With ``resnapshot``: where the election is now; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Service:
    """A publishing service."""

    url: str
    """Where it is, without a slash at the end."""
    key: str | None = None
    """The API key, where it asks for one."""

    @classmethod
    def at(cls, url: str, key: str | None = None) -> "Service":
        """Return the service at a URL.

        Raises:
            UsageError: it is none of HTTP.
        """
        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL as error:
            raise UsageError(f"{url} is no URL: {error}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise UsageError(f"{url} is not where a publishing service is, which looks like http://HOST:8481.")
        return cls(url.rstrip("/"), key)

    def client(self) -> httpx2.Client:
        """Return a client, to be closed."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=httpx2.Timeout(CONNECT_S, read=SILENCE_S))


def follow_feed(
    service: Service,
    election: str | None = None,
    parameters: Sequence[tuple[str, str]] = (),
    after: str | None = None,
) -> Iterator[Told | Notice]:
    """Follow the feed of an election, or of all of them, for ever; one loaded meanwhile is followed from its beginning.

    Nothing is missed and nothing comes twice, however often the connection is lost. Where another history has taken the
    place of the one that was read, ``resnapshot`` is said; who follows from the beginning then gets what the new one
    has and the old one had not, and whoever does not goes on where the new one is.

    Args:
        service: whose.
        election: its id, also of one that is not loaded yet; None for all.
        parameters: a filter, as the service takes it: ``[("type", "headline"), ("party", "PP53")]``.
        after: the cursor to go on from; ``0`` for the beginning, None for now.

    Raises:
        UsageError: the service does not take the filter, or the cursor.
        RefusedError: it does not let us in, or is no publishing service.
    """
    said: queue.Queue[Told | Notice | TallywireError] = queue.Queue(WAITING_EVENTS)
    if election is not None:
        _start(_Reader(service, election, parameters, after, said).run)
    else:
        _start(_Listing(service, parameters, after, said).run)
    lost: set[str] = set()
    while True:
        item = said.get()
        if isinstance(item, TallywireError):
            raise item
        if isinstance(item, Notice) and item.what == "lost":
            first = not lost
            lost.add(item.election)
            if not first:
                continue
            item = Notice("", "lost", item.reason)
        elif isinstance(item, Notice) and item.what == "back" and item.election in lost:
            lost.discard(item.election)
            if lost:
                continue
            item = Notice("", "back")
        yield item


def _start(run: Any) -> None:  # noqa: ANN401  # a method without arguments
    threading.Thread(target=run, daemon=True).start()


class _Asking:
    """Asks the service for something again and again, and says when it is away and back."""

    def __init__(self, service: Service, name: str, said: "queue.Queue[Told | Notice | TallywireError]") -> None:
        self._service = service
        self._name = name
        self._said = said
        self._lost = False

    def run(self) -> None:
        """Ask for ever; what cannot be mended by asking again is raised by whoever follows."""
        with self._service.client() as client:
            while True:
                try:
                    sleep(self._ask(client))
                except httpx2.TransportError as error:
                    if not self._lost:
                        self._lost = True
                        self._said.put(Notice(self._name, "lost", str(error)))
                    sleep(RETRY_S)
                except TallywireError as error:
                    self._said.put(error)
                    return

    def _ask(self, client: httpx2.Client) -> float:
        """Ask once, and return after how many seconds to ask again."""
        raise NotImplementedError

    def _answered(self) -> None:
        if self._lost:
            self._lost = False
            self._said.put(Notice(self._name, "back"))


class _Listing(_Asking):
    """Starts to follow each election that the service has."""

    def __init__(
        self,
        service: Service,
        parameters: Sequence[tuple[str, str]],
        after: str | None,
        said: "queue.Queue[Told | Notice | TallywireError]",
    ) -> None:
        super().__init__(service, "", said)
        self._parameters = parameters
        self._after = after
        self._known: set[str] = set()

    def _ask(self, client: httpx2.Client) -> float:
        answer = client.get("/v1/elections")
        wait_s = _require_taken(answer)
        if wait_s is not None:
            return wait_s
        self._answered()
        try:
            listed = [str(each["election"]) for each in answer.json()["elections"]]
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedError(f"{self._service.url} is no publishing service.") from error
        for election in listed:
            if election not in self._known:
                self._known.add(election)
                _start(_Reader(self._service, election, self._parameters, self._after, self._said).run)
        # Whatever an election says that is loaded from now on is news.
        self._after = BEGINNING
        return LIST_S


class _Reader(_Asking):
    """Reads the feed of one election."""

    def __init__(
        self,
        service: Service,
        election: str,
        parameters: Sequence[tuple[str, str]],
        after: str | None,
        said: "queue.Queue[Told | Notice | TallywireError]",
    ) -> None:
        super().__init__(service, election, said)
        self._parameters = parameters
        self._after = after
        self._whole = after == BEGINNING
        """Whether it began at the beginning: then what has been told is known, and is not told again."""
        self._told: set[bytes] = set()
        self._state: What | None = None
        self._stated_at = 0.0
        self._connected = self._awaited = False

    def _ask(self, client: httpx2.Client) -> float:
        path = f"/v1/elections/{self._name}/events"
        parameters = list(self._parameters)
        if parameters == [("type", "headline")]:
            # A cache in front sees equal requests of many.
            path, parameters = f"{path}/headlines", []
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": self._after} if self._after else {})}
        with client.stream("GET", path, params=tuple(parameters), headers=headers) as answer:
            problem = answer.headers.get("content-type", "").startswith("application/problem+json")
            if answer.status_code == httpx2.codes.NOT_FOUND and problem:
                self._wait_for_it()
                return LIST_S
            if answer.status_code != httpx2.codes.OK:
                answer.read()
            wait_s = _require_taken(answer)
            if wait_s is not None:
                return wait_s
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                raise RefusedError(f"{self._service.url} is no publishing service.")
            self._answered()
            retry_s = RETRY_S
            for block in blocks(answer.iter_bytes()):
                retry_s = _seconds(block.get("retry"), retry_s)
                self._take(block)
                if not self._connected and self._after is not None:
                    # Not before the place is known: whoever is cut off until then would begin anew, with what is next.
                    self._connected = True
                    self._said.put(Notice(self._name, "following"))
            return retry_s

    def _wait_for_it(self) -> None:
        self._answered()
        if self._after not in (None, BEGINNING):
            raise NotThereError(f"The election {self._name} is not loaded there.")
        if not self._awaited:
            self._awaited = True
            self._said.put(Notice(self._name, "waiting"))
        # What it says once it is there is news.
        self._after = BEGINNING

    def _take(self, block: dict[str, str]) -> None:
        name, place, data = block.get("event", ""), block.get("id", ""), block.get("data", "")
        if name == "resnapshot":
            told = json.loads(data)
            self._said.put(Notice(self._name, "resnapshot", told["reason"], told["cursor"]))
            self._after = BEGINNING if self._whole else told["cursor"]
            return
        if name in (*_STATES, "behind"):
            self._state_is(name, str(json.loads(data)["reason"]))
            return
        moved = place not in ("", self._after)
        if self._state is not None and (moved or monotonic() - self._stated_at > SETTLED_S):
            self._state = None
            self._said.put(Notice(self._name, "back"))
        if data and self._is_news(data):
            self._said.put(Told(self._name, name, place, data.encode()))
        self._after = place or self._after

    def _is_news(self, data: str) -> bool:
        if not self._whole:
            return True
        digest = sha256(data.encode()).digest()
        known = digest in self._told
        self._told.add(digest)
        return not known

    def _state_is(self, name: Any, reason: str) -> None:  # noqa: ANN401  # one of the words of What
        self._stated_at = monotonic()
        if self._state != name:
            self._state = name if name in _STATES else None
            self._said.put(Notice(self._name, name, reason))


def _require_taken(answer: httpx2.Response) -> float | None:
    """Return after how many seconds to ask again; None where the answer is what was asked for.

    Raises:
        UsageError: what was asked for cannot be.
        RefusedError: we are not let in.
    """
    if answer.status_code == httpx2.codes.OK:
        return None
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"{answer.url.host} answers {answer.status_code}."
    if answer.status_code in (httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN):
        raise RefusedError(detail)
    if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        return _seconds(answer.headers.get("retry-after"), RETRY_S, 1.0)
    raise UsageError(detail)


def _seconds(text: str | None, otherwise: float, unit: float = 0.001) -> float:
    return int(text) * unit if text is not None and text.isascii() and text.isdigit() else otherwise


def blocks(chunks: Iterable[bytes], bytes_max: int | None = None) -> Iterator[dict[str, str]]:
    """Yield the blocks of a stream of events, each as its fields (WHATWG HTML, 9.2.6).

    Lines end with LF or CR LF. A block that the stream ends in is incomplete, and is left out.

    Args:
        chunks: the stream.
        bytes_max: how long a block may be; None for any length.

    Raises:
        RefusedError: one is longer.
    """
    fields: dict[str, str] = {}
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if bytes_max is not None and size > bytes_max:
            raise RefusedError(f"What is answered is longer than {bytes_max:,} bytes, which no answer of a service is.")
        # Not splitlines: in JSON there may be characters that only Python takes for the end of a line.
        first, *others = chunk.split(b"\n")
        waiting.append(first)
        for following in others:
            line = b"".join(waiting).removesuffix(b"\r").decode(errors="replace")
            waiting = [following]
            if not line:
                if fields:
                    yield fields
                fields, size = {}, len(others[-1])
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
