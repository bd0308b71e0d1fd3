"""API keys of readers, where the operator asks for them: who has one, and how much may be asked for with it.

The file has what a key is known by, never a key. What is counted is this process's own: with several processes each
lets a reader have as much.
"""

import asyncio
import base64
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import structlog
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tallywire.client.errors import UsageError, file_error
from tallywire.operations.counts import LIMITS
from tallywire.publishing.hub import Reader
from tallywire.web.problems import NotTaken, Problem

WINDOW_S: Final = 60
"""Requests are counted for so long from the first one on, then from nothing."""

KEY_BYTES: Final = 32
"""Random bytes of a key: nobody guesses one, so that its plain SHA-256 may be kept."""

LOOK_S: Final = 1.0
"""Between two looks whether the file has changed."""

STREAMS_WAIT_S: Final = 5
"""After how long somebody with too many streams is to try again: one of theirs may have ended meanwhile."""

REQUESTS_A_MINUTE: Final = 600
"""What a key is made with unless told otherwise: a newsroom that looks at every page each second has some to spare."""

STREAMS: Final = 20
"""The same for streams at once."""

log = structlog.get_logger()


class Quota(BaseModel):
    """What the file says of a key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the key, in lower-case hex."""
    requests_a_minute: Annotated[int, Field(ge=1, le=1_000_000)] = REQUESTS_A_MINUTE
    """Requests in a minute; connecting to a stream is one."""
    streams: Annotated[int, Field(ge=0, le=100_000)] = STREAMS
    """Streams at once."""


_FILE: Final = TypeAdapter(dict[Annotated[str, Field(min_length=1, max_length=100)], Quota])


@dataclass(slots=True)
class Holder:
    """Who has a key."""

    name: str
    """As in the file."""
    quota: Quota
    streams: set[Reader] = field(default_factory=set)
    """Those that were opened with it, and have not ended."""
    _since: float = float("-inf")
    _counted: int = 0

    def count(self) -> None:
        """Count a request.

        Raises:
            NotTaken: it is one too many.
        """
        now = monotonic()
        if now >= self._since + WINDOW_S:
            self._since, self._counted = now, 0
        if self._counted >= self.quota.requests_a_minute:
            detail = (
                f"There were more than {self.quota.requests_a_minute:,} requests with this key within {WINDOW_S} s. "
                f"Go on after {self._left_s()} s. A stream of events needs one request, however much happens."
            )
            LIMITS.labels("publishing", "", "api_key.requests").inc()
            raise _too_many(detail, self._left_s())
        self._counted += 1

    def require_stream(self) -> None:
        """Let one more stream be opened.

        Raises:
            NotTaken: it is one too many.
        """
        if len(self.streams) >= self.quota.streams:
            detail = (
                f"{len(self.streams):,} streams are open with this key, as many as it may have at once. End one of "
                "them, or follow several kinds of events over one: a filter may name several."
            )
            LIMITS.labels("publishing", "", "api_key.streams").inc()
            raise _too_many(detail, STREAMS_WAIT_S)

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Return what every answer says of the quota (draft-ietf-httpapi-ratelimit-headers)."""
        most = self.quota.requests_a_minute
        left = max(0, most - self._counted)
        return (
            (b"ratelimit-policy", b'"requests";q=%d;w=%d' % (most, WINDOW_S)),
            (b"ratelimit", b'"requests";r=%d;t=%d' % (left, self._left_s())),
        )

    def _left_s(self) -> int:
        return max(1, round(self._since + WINDOW_S - monotonic()))


def _too_many(detail: str, wait_s: int) -> NotTaken:
    return NotTaken(Problem(title="Too many requests", status=429, detail=detail), {"Retry-After": str(wait_s)})


class ApiKeys:
    """The keys in a file, which is read again when it changes.

    Args:
        path: the file.

    Raises:
        UsageError: it cannot be read, or is faulty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._holders: Mapping[str, Holder] = {}
        self._seen = (0, 0)
        self._read()

    def admit(self, key: str | None) -> Holder:
        """Return who has a key, and count a request.

        Raises:
            NotTaken: nobody has it, or it is one request too many.
        """
        if key is None:
            detail = (
                "An API key is needed here: send it in the header Authorization: Bearer KEY or, where no header can be "
                "sent, as ?key=KEY. Who runs this service gives keys out."
            )
            raise _unauthorized(detail, 'Bearer realm="tallywire"')
        holder = self._holders.get(sha256(key.encode(errors="replace")).hexdigest())
        if holder is None:
            detail = "That API key is not known here: it may have been cut, or taken back."
            raise _unauthorized(detail, 'Bearer realm="tallywire", error="invalid_token"')
        holder.count()
        return holder

    async def keep_reading(self) -> None:
        """Read the file whenever it has changed, for ever; streams of keys that have gone end."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if self._stamp() != self._seen:
                    self._read()
                    log.info("api_keys.read", keys=len(self._holders))
            except UsageError as error:
                # Once for each change: those that were read before go on.
                log.error("api_keys.not_read", reason=str(error))  # noqa: TRY400  # its text says it all

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def _read(self) -> None:
        self._seen = self._stamp()
        before = self._holders
        self._holders = {}
        try:
            for name, quota in read_quotas(self._path):
                known = before.get(quota.sha256)
                self._holders = {**self._holders, quota.sha256: _renewed(known, name, quota)}
        except UsageError:
            self._holders = before
            raise
        for digest, holder in before.items():
            if digest not in self._holders:
                for reader in tuple(holder.streams):
                    reader.end("key_gone")


def _renewed(known: Holder | None, name: str, quota: Quota) -> Holder:
    if known is None:
        return Holder(name, quota)
    # What was counted stays.
    known.name, known.quota = name, quota
    return known


def _unauthorized(detail: str, challenge: str) -> NotTaken:
    problem = Problem(title="Unauthorized", status=HTTPStatus.UNAUTHORIZED, detail=detail)
    return NotTaken(problem, {"WWW-Authenticate": challenge})


def read_quotas(path: Path) -> Iterator[tuple[str, Quota]]:
    """Yield the names in a file of keys, and what it says of each.

    Raises:
        UsageError: it cannot be read, or is faulty.
    """
    try:
        written = tomllib.loads(path.read_text("utf-8"))
        quotas = _FILE.validate_python(written)
    except OSError as error:
        raise file_error(path, "be read", error) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    if not quotas:
        raise UsageError(f"{path} has no key: nobody could read. Without --api-keys everybody can.")
    known: dict[str, str] = {}
    for name, quota in quotas.items():
        if quota.sha256 in known:
            raise UsageError(f"{path}: {known[quota.sha256]} and {name} have the same key.")
        known[quota.sha256] = name
        yield name, quota


def draw_key(name: str, requests_a_minute: int, streams: int) -> tuple[str, str]:
    """Return a new key, and its part of the file."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=").decode()
    lines = (
        f"[{name}]",
        f'sha256 = "{sha256(key.encode()).hexdigest()}"',
        f"requests_a_minute = {requests_a_minute}",
        f"streams = {streams}",
    )
    return key, "\n".join(lines) + "\n"
