"""What the operator does with endpoints: adds, tests, lists, pauses, replays and removes them."""

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError
from redis.exceptions import WatchError

from schemas.streams import LEDGER
from streams.keys import Partition
from tallywire.client.connection import Connection, ask_at_once
from tallywire.client.errors import NotThereError, RefusedError, UsageError, file_error
from tallywire.client.signing import write_private
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.filters import read_filter
from tallywire.publishing.history import STREAMS
from tallywire.webhooks.addresses import read_address, why_not
from tallywire.webhooks.endpoints import (
    ENDPOINTS,
    ENDPOINTS_MAX,
    NAME,
    Endpoint,
    Replay,
    Secret,
    check_url,
    new_secret,
    progress_key,
    stored_endpoints,
)
from tallywire.webhooks.progress import Progress, deleted_with
from tallywire.webhooks.resolving import resolve
from tallywire.webhooks.sending import Outcome, Sender, message_id, signed

OVERLAP_S: Final = 86_400.0
"""How long an old secret is signed with beside a new one, unless told otherwise: a day."""

TEST_TYPE: Final = "tallywire.webhook-test.v1"

Counts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """How an endpoint is."""

    endpoint: Endpoint
    progress: Progress
    behind: dict[str, int]
    """By election: events that came after the last one it has taken, before its filter."""

    @property
    def state(self) -> str:
        """``active``, ``failing``, ``paused`` or ``stopped``."""
        if self.progress.get("stopped") == str(self.endpoint.resumed):
            return "stopped"
        if self.endpoint.paused:
            return "paused"
        return "active" if self.progress.failing is None else "failing"


def add(  # noqa: PLR0913  # what an endpoint is made of
    connection: Connection,
    name: str,
    url: str,
    *,
    parameters: Sequence[tuple[str, str]] = (),
    elections: Sequence[str] = (),
    from_start: bool = False,
    allow_private: bool = False,
) -> Endpoint:
    """Add an endpoint, and return it with its secret. It begins with what happens from now on, unless told otherwise.

    Raises:
        UsageError: its name, URL or filter cannot be.
        RefusedError: there is one of that name, or there are as many as there may be, or it may not be sent to.
    """
    try:
        check_url(url)
        read_filter(parameters)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of an endpoint: small letters, digits, dots and dashes, up to 64.")
    endpoint = Endpoint(
        name=name,
        id=secrets.token_hex(8),
        url=url,
        secrets=(Secret(text=new_secret()),),
        parameters=tuple(parameters),
        elections=tuple(elections),
        begin={} if from_start else {one: _counts(connection, one) for one in connection.elections()},
        allow_private=allow_private,
    )
    _require_reachable(endpoint)

    def put(known: dict[str, Endpoint]) -> Endpoint:
        if name in known:
            raise RefusedError(f"There is an endpoint {name} already. Remove it first, or take another name.")
        if len(known) >= ENDPOINTS_MAX:
            raise RefusedError(f"There are {len(known)} endpoints, as many as there may be. Remove one first.")
        return endpoint

    return _change(connection, put)


def save(connection: Connection, file: Path) -> list[str]:
    """Write every endpoint to a file that only its owner may read, with its secrets, and return their names.

    No backup of an election has them: they are of the server, and who makes backups may not read them.

    Raises:
        UsageError: a file is there already, or it cannot be written.
    """
    known = endpoints(connection)
    write_private(file, b"".join(endpoint.encode() + b"\n" for endpoint in known.values()))
    return list(known)


def restore(connection: Connection, file: Path) -> list[str]:
    """Bring back the endpoints of a file that are not there, with their secrets, and return their names.

    Their places were lost with the server: each begins where it began when it was added.

    Raises:
        UsageError: the file cannot be read.
        RefusedError: a line of it is no endpoint, or there are more than there may be. Nothing was changed.
    """
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise file_error(file, "be read", error) from error
    saved: dict[str, Endpoint] = {}
    for number, line in enumerate(lines, 1):
        try:
            endpoint = Endpoint.model_validate_json(line)
        except ValidationError:
            # Without its cause, which would repeat secrets.
            raise RefusedError(f"{file} is damaged at line {number}: it is no endpoint. Nothing was changed.") from None
        saved[endpoint.name] = endpoint
    client: Any = connection.servers.at(ENDPOINTS)
    while True:
        with client.pipeline(transaction=True) as pipeline:
            pipeline.watch(ENDPOINTS)
            known = stored_endpoints(pipeline.hgetall(ENDPOINTS))
            new = {name: endpoint.encode() for name, endpoint in saved.items() if name not in known}
            if len(known) + len(new) > ENDPOINTS_MAX:
                raise RefusedError(f"There would be more than {ENDPOINTS_MAX} endpoints. Nothing was changed.")
            pipeline.multi()
            if new:
                pipeline.hset(ENDPOINTS, mapping=new)
            try:
                pipeline.execute()
            except WatchError:
                continue
            return list(new)


def rotate(connection: Connection, name: str, overlap_s: float = OVERLAP_S) -> Endpoint:
    """Give an endpoint a new secret; for a while webhooks are signed with the old one, too.

    Raises:
        NotThereError: there is no such endpoint.
    """
    until = time.time() + overlap_s

    def changed(endpoint: Endpoint) -> Endpoint:
        old = (Secret(text=one.text, until=min(until, one.until or until)) for one in endpoint.secrets)
        kept = tuple(one for one in old if one.until is not None and one.until > time.time())
        return endpoint.model_copy(update={"secrets": (Secret(text=new_secret()), *kept)})

    return _change_one(connection, name, changed)


def pause(connection: Connection, name: str) -> Endpoint:
    """Send nothing to an endpoint for now.

    Raises:
        NotThereError: there is no such endpoint.
    """
    return _change_one(connection, name, lambda one: one.model_copy(update={"paused": True}))


def resume(connection: Connection, name: str) -> Endpoint:
    """Go on with an endpoint that was paused, or has answered that it wants no more.

    Raises:
        NotThereError: there is no such endpoint.
    """
    return _change_one(
        connection, name, lambda one: one.model_copy(update={"paused": False, "resumed": one.resumed + 1})
    )


def replay(connection: Connection, name: str, asked: Replay) -> Endpoint:
    """Send something again. Its number is given here.

    Raises:
        NotThereError: there is no such endpoint.
        UsageError: the cursor is none, or the endpoint does not take that election.
    """
    if asked.cursor not in ("", "0"):
        try:
            Cursor.read(asked.cursor)
        except ValueError as error:
            raise UsageError(f"{asked.cursor} {error}; or 0 for the beginning.") from error

    def changed(endpoint: Endpoint) -> Endpoint:
        if asked.election and not endpoint.takes(asked.election):
            raise UsageError(f"{name} gets nothing of {asked.election}.")
        number = 1 + (endpoint.replay.number if endpoint.replay else 0)
        return endpoint.model_copy(update={"replay": asked.model_copy(update={"number": number})})

    return _change_one(connection, name, changed)


def remove(connection: Connection, name: str) -> None:
    """Remove an endpoint, and what is known of it.

    Raises:
        NotThereError: there is no such endpoint.
    """
    endpoint = find(connection, name)
    client = connection.servers.at(ENDPOINTS)
    client.hdel(ENDPOINTS, name)
    key = progress_key(endpoint.id)
    connection.servers.at(key).delete(key)


def forget_deleted(connection: Connection, election: str) -> None:
    """Forget of an election that was deleted what failed and what was passed over, for every endpoint.

    A worker that runs does so itself.
    """
    for endpoint in endpoints(connection).values():
        key = progress_key(endpoint.id)
        client = connection.servers.at(key)
        stored = cast("dict[bytes, bytes]", client.hgetall(key))
        useless = [name for name in stored if name.decode().startswith(deleted_with(election))]
        if useless:
            client.hdel(key, *useless)


def find(connection: Connection, name: str) -> Endpoint:
    """Return an endpoint.

    Raises:
        NotThereError: there is no such endpoint.
    """
    known = endpoints(connection)
    if name not in known:
        raise _not_there(name, known)
    return known[name]


def endpoints(connection: Connection) -> dict[str, Endpoint]:
    """Return every endpoint by name."""
    return stored_endpoints(connection.servers.at(ENDPOINTS).hgetall(ENDPOINTS))


def listed(connection: Connection) -> list[Listed]:
    """Return how each endpoint is."""
    known = connection.elections()
    counts = {election: _counts(connection, election) for election in known}
    found = []
    for endpoint in endpoints(connection).values():
        key = progress_key(endpoint.id)
        progress = Progress(cast("dict[bytes, bytes]", connection.servers.at(key).hgetall(key)))
        behind = {name: _behind(endpoint, progress, name, counts[name]) for name in known if endpoint.takes(name)}
        found.append(Listed(endpoint, progress, behind))
    return found


def try_endpoint(endpoint: Endpoint) -> Outcome:
    """Send a test event to an endpoint from here, and return what came of it."""
    now = time.time()
    event = {
        "specversion": "1.0",
        "id": f"test:{os.urandom(8).hex()}",
        "source": "/tallywire/webhooks",
        "type": TEST_TYPE,
        "subject": endpoint.name,
        "datacontenttype": "application/json",
        "data": {"endpoint": endpoint.name, "text": "This is a test. Nothing was declared."},
    }
    content = json.dumps(event, separators=(",", ":")).encode()

    async def send() -> Outcome:
        sender = Sender(endpoint.url, allow_private=endpoint.allow_private)
        try:
            return await sender.send(content, signed(message_id(content), content, endpoint.signing(now), now))
        finally:
            await sender.close()

    return asyncio.run(send())


def _require_reachable(endpoint: Endpoint) -> None:
    """Check that an endpoint is at an address that may be sent to, as far as can be known now.

    It is checked again whenever something is sent; here it is so that the operator hears of it at once.

    Raises:
        RefusedError: it is at none.
    """
    try:
        found = [read_address(text) for text in asyncio.run(resolve(endpoint.host, 0))]
    except (OSError, ValueError):
        # It may have an address later, or where the worker is.
        return
    reasons = [why_not(one, allow_private=endpoint.allow_private) for one in found]
    if found and all(reasons):
        allowing = "" if why_not(found[0], allow_private=True) else " With --allow-private it is."
        raise RefusedError(f"{endpoint.host} is at {found[0]}, {reasons[0]}. Nothing is sent there.{allowing}")


def _counts(connection: Connection, election: str) -> Counts:
    """Return how many entries the ledger has, and how many events the streams have."""
    keys = Partition(election)

    def ask(pipeline: Any) -> None:  # noqa: ANN401  # of redis-py
        for stream in (LEDGER.name, *STREAMS):
            pipeline.xlen(keys.key(stream))

    ledger, results, tallies, headlines = ask_at_once(connection.at(election), ask)
    return ledger, results, tallies, headlines


def _behind(endpoint: Endpoint, progress: Progress, election: str, counts: Counts) -> int:
    cursor = progress.cursor(election)
    begun = endpoint.begin.get(election, (0, 0, 0, 0))
    had = begun if cursor is None else (cursor.ledger, cursor.results, cursor.tallies, cursor.headlines)
    return sum(max(0, there - taken) for there, taken in zip(counts[1:], had[1:], strict=True))


def _change_one(connection: Connection, name: str, changed: Callable[[Endpoint], Endpoint]) -> Endpoint:
    def put(known: dict[str, Endpoint]) -> Endpoint:
        if name not in known:
            raise _not_there(name, known)
        return changed(known[name])

    return _change(connection, put)


def _change(connection: Connection, put: Callable[[dict[str, Endpoint]], Endpoint]) -> Endpoint:
    """Write an endpoint; once more where somebody else has written one meanwhile."""
    client: Any = connection.servers.at(ENDPOINTS)
    while True:
        with client.pipeline(transaction=True) as pipeline:
            pipeline.watch(ENDPOINTS)
            endpoint = put(stored_endpoints(pipeline.hgetall(ENDPOINTS)))
            pipeline.multi()
            pipeline.hset(ENDPOINTS, endpoint.name, endpoint.encode())
            try:
                pipeline.execute()
            except WatchError:
                continue
            return endpoint


def _not_there(name: str, known: dict[str, Endpoint]) -> NotThereError:
    there = f"There are: {', '.join(known)}." if known else "There is none."
    return NotThereError(f"There is no endpoint {name}. {there}")
