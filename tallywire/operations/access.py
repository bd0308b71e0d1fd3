"""Who may do what on the server: its users, the keys and commands of each, and their passwords as files."""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from schemas import streams
from schemas.tables import CHECKPOINT, MAP
from services.aggregate.service import WIRING as AGGREGATE
from services.ingest.rules.intake import CLOSING
from services.ingest.rules.signed_state import ENTRIES, KEYS
from services.ingest.service import WIRING as INGEST
from services.notify.service import WIRING as NOTIFY
from streams.fold import Wiring
from streams.keys import CATALOGUE, alive_key
from tallywire.client.errors import RefusedError, file_error
from tallywire.client.people import INVITATIONS, PEOPLE
from tallywire.client.turned_away import TURNED_AWAY

STAGES: Final = (INGEST, AGGREGATE, NOTIFY)

_ALL: Final = "{*}"
"""The hash tag of every election."""

HOOKS: Final = "tallywire:webhooks"
"""What keys of webhooks begin with: where they go, with their secrets, and how far each endpoint is."""

_FIND: Final = ("ping", "cluster|info", "cluster|slots", "info", "time")
"""Commands with which everybody finds the server that may be written."""

_READ_STREAMS: Final = ("xlen", "xrange", "xrevrange", "xread")

_TOGETHER: Final = ("multi", "exec")

_PUBLISHED: Final = ("ledger", "results", "tallies", "headlines", "standing:*", CHECKPOINT.name, MAP.name)
"""What anybody may read."""

_PROGRESS: Final = tuple(wiring.stage for wiring in STAGES)
"""How far each service is: cursor, last numbers, when it last wrote. Nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Commands that are allowed on some keys alone."""

    keys: tuple[str, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class User:
    """A user of the server. What is not named here it may not do."""

    name: str
    purpose: str
    """Who that is, in a few words."""
    runs: str
    """The commands of Tallywire that work as this user."""
    commands: tuple[str, ...]
    """Commands of the server that it may use, on the keys below."""
    reads: tuple[str, ...] = ()
    """Patterns of keys that it may read."""
    writes: tuple[str, ...] = ()
    """Patterns of keys that it may read and write."""
    besides: tuple[Selector, ...] = ()
    """What more it may do, on other keys."""

    def rules(self) -> str:
        """Return its rules, as they stand in an ACL file and after ``ACL SETUSER NAME``; without its password."""
        besides = (
            f"({' '.join((*_written(one.keys), *(f'+{command}' for command in one.commands)))})" for one in self.besides
        )
        read = (f"%R~{pattern}" for pattern in self.reads)
        allowed = (f"+{command}" for command in self.commands)
        return " ".join(("resetchannels", *_written(self.writes), *read, "-@all", *allowed, *besides))

    def line(self, password: str) -> str:
        """Return its line of an ACL file, which holds a digest in place of the password."""
        return f"user {self.name} on #{sha256(password.encode()).hexdigest()} {self.rules()}"


def _written(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"~{pattern}" for pattern in patterns)


def _of(*parts: str, tag: str = _ALL) -> tuple[str, ...]:
    return tuple(f"{tag}:{part}" for part in parts)


def _heartbeat(service: str) -> Selector:
    """A service writes its heartbeat, and its health check reads it."""
    return Selector((alive_key(service, "*", "*"),), ("get", "set"))


def _service(wiring: Wiring[Any], purpose: str, before: tuple[str, ...] = ()) -> User:
    """Return the user of a service, by its wiring: it reads one stream, and writes its own streams and tables.

    Args:
        wiring: what it reads, writes and keeps.
        purpose: who that is.
        before: the service that writes what it reads; how far that one is tells whether something is missing.
    """
    kept = dict.fromkeys(f"{table.name.partition(':')[0]}:*" for table in wiring.tables)
    return User(
        name=wiring.stage,
        purpose=purpose,
        runs=f"`{wiring.stage}`, `health {wiring.stage}`",
        commands=(
            *_FIND,
            *("script|load", "evalsha", "scan", "exists", "type", "xinfo|stream", "xadd", *_READ_STREAMS),
            *("hset", "hget", "hmget", "hgetall", "hscan"),
        ),
        reads=(*_of(wiring.reads, *before), CATALOGUE),
        writes=_of(wiring.stage, *kept, *wiring.writes),
        besides=(_heartbeat(wiring.stage),),
    )


_CHECKS: Final = ("exists", "pttl", "type", "xinfo|stream", "xlen", "xrange", "xrevrange", "hlen", "hmget", "hgetall")
"""Commands with which everything is looked at once more."""

_STATE: Final = (
    *_PROGRESS,
    *dict.fromkeys(f"{table.name.partition(':')[0]}:*" for wiring in STAGES for table in wiring.tables),
)
"""What services keep."""

_EVERY_PART: Final = (*(stream.name for stream in streams.STREAMS), *_STATE, PEOPLE)
"""All that an election has, but for the places of late receipts."""

_COUNTED: Final = ("get", "set", "del", "incrby", "expire", "ttl", "xadd")
"""Commands on what the posting service keeps itself: sessions, counts, places of late receipts, who was turned away."""

POSTING: Final = User(
    name="posting",
    purpose="the [posting service](posting.md)",
    runs="`posting`, `health posting`",
    commands=(
        *_FIND,
        *_TOGETHER,
        "scan",
        "xadd",
        "xrange",
        "xrevrange",
        "xread",
        "hget",
        "hkeys",
        "hlen",
        "hmget",
        "hgetall",
        "wait",
    ),
    # Figures that people have typed: a second person who has typed, too, sees both readings.
    reads=(*_of("receipts", streams.PARKED["ingest"].name, "standing:*", KEYS, ENTRIES, CLOSING), CATALOGUE),
    writes=_of(streams.DECLARATIONS.name),
    besides=(
        Selector(_of("posting:*", "confirming"), _COUNTED),
        _heartbeat("posting"),
    ),
)

_FOLLOWED: Final = (
    "ledger",
    "results",
    "tallies",
    "headlines",
    CHECKPOINT.name,
    MAP.name,
    AGGREGATE.stage,
    NOTIFY.stage,
)
"""What an election is followed by."""

PUBLISHING: Final = User(
    name="publishing",
    purpose="the publishing service, which shows what is published",
    runs="`publishing`, `health publishing`",
    commands=(*_FIND, *_TOGETHER, "scan", "xrange", "xread", "hmget"),
    reads=(*_of(*_FOLLOWED), CATALOGUE),
    besides=(_heartbeat("publishing"),),
)

WEBHOOKS: Final = User(
    name="webhooks",
    purpose="the worker that sends [webhooks](webhooks.md): it reads what is published, and where it is sent",
    runs="`webhooks run`, `health webhooks`",
    commands=(*_FIND, *_TOGETHER, "watch", "unwatch", "scan", *_READ_STREAMS, "hget", "hmget", "hgetall"),
    reads=(*_of(*_FOLLOWED), CATALOGUE, f"{HOOKS}:endpoints"),
    besides=(
        Selector((f"{HOOKS}:progress:*",), ("hgetall", "hset", "hdel", "del")),
        Selector((f"{HOOKS}:lead",), ("watch", "get", "set", "del")),
        _heartbeat("webhooks"),
    ),
)

NEWSROOM: Final = User(
    name="newsroom",
    purpose="readers",
    runs="`watch`, `tallies`, `results`, `control`; everything that is published, also "
    "[at one moment](contract.md#reading-how-it-stands-and-going-on)",
    commands=(*_FIND, *_TOGETHER, *_READ_STREAMS, "hget", "hmget", "hgetall"),
    reads=(*_of(*_PUBLISHED, *_PROGRESS), CATALOGUE),
)

ARCHIVE: Final = User(
    name="archive",
    purpose="whoever checks and keeps copies; it reads what is not public, too",
    runs="`verify`, `checkpoint`, `export`, `backup`, `parked`, `election archive`",
    commands=(*_FIND, *_TOGETHER, *_CHECKS),
    reads=(*_of(*_EVERY_PART, CHECKPOINT.name, MAP.name), CATALOGUE),
    besides=(Selector(_of(CHECKPOINT.name), ("hgetall", "hset")),),
)

DESK: Final = User(
    name="desk",
    purpose="the results desk: it reads everything, and sends to any election",
    runs="`posting --desk`, `health desk`, `desk`, `declare`, `election amend`, `receipts`, `rehearse --ready`, "
    "`health`, and what readers and the archive run",
    commands=(*_FIND, *_TOGETHER, *_CHECKS, "scan", "xread", "xadd", "hget", "hexists", "hkeys", "wait"),
    reads=(*_of(*_EVERY_PART, CHECKPOINT.name, MAP.name, INVITATIONS, TURNED_AWAY), CATALOGUE),
    writes=_of(streams.DECLARATIONS.name),
    besides=(
        Selector(_of("desk:*", "posting:*", "confirming"), _COUNTED),
        Selector((alive_key("*", "*", "*"),), ("get", "pttl")),
        _heartbeat("desk"),
    ),
)

OPERATOR: Final = User(
    name="operator",
    purpose="whoever loads elections and brings them back",
    runs="all, such as `election load`, `restore`, `rebuild`, `parked retry`, `webhooks add`, and what `verify` "
    "advises",
    commands=(
        *(*_FIND, *_TOGETHER, "watch", "unwatch", *_CHECKS, "scan", "xread", "xadd", "xdel", "hget", "hexists"),
        *("hset", "hdel", "get", "set", "del", "unlink", "persist", "wait"),
    ),
    reads=(alive_key("*", "*", "*"),),
    writes=(*_of("*"), CATALOGUE, f"{HOOKS}:*"),
)

STANDBY: Final = User(
    name="standby",
    purpose="a stand-by of the server: `masteruser` and `masterauth`",
    runs="nothing",
    commands=("ping", "replconf", "psync"),
)

USERS: Final = (
    *(
        _service(INGEST, "the service that judges what was sent"),
        _service(AGGREGATE, "the service that keeps results and tallies", (INGEST.stage,)),
        _service(NOTIFY, "the service that says what is news", (AGGREGATE.stage,)),
    ),
    POSTING,
    PUBLISHING,
    WEBHOOKS,
    NEWSROOM,
    ARCHIVE,
    DESK,
    OPERATOR,
    STANDBY,
)
"""Users that a server for elections has, beside count centres."""

ADMINISTRATOR: Final = "default"
"""Who looks after the server itself. Without a password, everybody would be that."""


def administrator_line(password: str) -> str:
    """Return the line of whoever may do everything on the server."""
    return f"user {ADMINISTRATOR} on #{sha256(password.encode()).hexdigest()} ~* &* +@all"


def count_centre(name: str, election: str) -> User:
    """Return the user of a count centre that is trusted with the stream of one election."""
    tag = f"{{{election}}}"
    return User(
        name=name,
        purpose="a count centre, one election",
        runs=f"`declare --election {election}`: it has to name its election; `receipts`",
        commands=(*_FIND, "xadd", *_READ_STREAMS, "hmget", "wait"),
        reads=(*_of(streams.RECEIPTS.name, INGEST.stage, tag=tag), CATALOGUE),
        writes=_of(streams.DECLARATIONS.name, tag=tag),
        besides=(Selector(_of("confirming", tag=tag), ("set",)),),
    )


def acl_lines(folder: Path, url: str, centres: Iterable[User] = ()) -> list[tuple[str, str, str]]:
    """Return the lines of an ACL file, with a password for each user in the folder.

    Two files a user, which nobody but their owner may read: ``NAME.password``, and ``NAME.url`` with the server's URL,
    user and password in it. A password that is there is kept, so that lines of a new release fit the old ones. And
    ``standby.conf``, with which a server finds its own user when it follows another one.

    Args:
        folder: where the files are; it is made where there is none.
        url: the server's, whose user and password are left out.
        centres: users besides those of every server.

    Returns:
        Of each user its name, what it is for, and its line.

    Raises:
        UsageError: a file cannot be read or written.
        RefusedError: others may read a password that is there.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(folder, "be made", error) from error
    lines = []
    for user in (*USERS, *centres):
        password = _password(folder, user.name, url)
        lines.append((user.name, user.purpose, user.line(password)))
        if user is STANDBY:
            _replace_private(folder / f"{STANDBY.name}.conf", f"masteruser {STANDBY.name}\nmasterauth {password}")
    administrator = administrator_line(_password(folder, ADMINISTRATOR, url))
    return [*lines, (ADMINISTRATOR, "whoever looks after the server itself", administrator)]


def url_of(url: str, user: str, password: str) -> str:
    """Return the URL of a server, or of several, with another user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{user}:{password}@{parts.netloc.rpartition('@')[2]}").geturl()


def _password(folder: Path, user: str, url: str) -> str:
    """Return a user's password, drawing one where there is none, and write its URL beside it."""
    kept = folder / f"{user}.password"
    try:
        if not kept.exists():
            _write_private(kept, secrets.token_urlsafe(32))
        if kept.stat().st_mode & 0o077:
            raise RefusedError(f"Others may read {kept}. `chmod 600` it, or delete it: another password is drawn then.")
        password = kept.read_text("ascii").strip()
    except OSError as error:
        raise file_error(kept, "be used", error) from error
    except ValueError as error:
        raise RefusedError(f"{kept} is no password of ours. Delete it: another one is drawn then.") from error
    _replace_private(folder / f"{user}.url", url_of(url, user, password))
    return password


def _replace_private(path: Path, text: str) -> None:
    try:
        path.unlink(missing_ok=True)
        _write_private(path, text)
    except OSError as error:
        raise file_error(path, "be written", error) from error


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
