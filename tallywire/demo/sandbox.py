"""A sandbox: a night is played over and over as the election ``sandbox.ID``, for developers of what reads the feed."""

import json
import threading
from bisect import bisect_right
from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

from schemas.register import Register
from schemas.rehearsals import sandbox_of
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import RefusedError
from tallywire.client.messages import register_event
from tallywire.client.post import POST_MAX, post, send
from tallywire.client.submissions import Submission
from tallywire.demo.playback import declared_at, timetable
from tallywire.demo.unsigned_register import unsigned_register
from tallywire.evidence.anew import begin_anew
from tallywire.packs.pack import Pack

PAUSE_S: Final = 30.0
"""Between the end of a round and the next one: long enough to look at how a night ends."""

TIMEOUT_S: Final = 60.0
"""How long the register may wait for its receipt."""

LOOK_S: Final = 0.2
"""Between two looks whether it is to end, while nothing is declared."""


def sandbox_register(pack: Pack) -> bytes:
    """Return the register of a pack's sandbox: what it says but for its name, unsigned, and that it is a test."""
    value = unsigned_register(pack, sandbox_of(pack.register.election), "Sandbox")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sandbox_events(pack: Pack) -> list[bytes]:
    """Return what is declared in a pack, each marked as a test and meant for the sandbox alone."""
    marked = {"test": True, "election": sandbox_of(pack.register.election)}
    return [_marked(line, marked) for line in pack.declarations]


def _marked(line: bytes, marked: dict[str, Any]) -> bytes:
    try:
        said = json.loads(line)
    except ValueError:
        # Ingest is to refuse it, here too.
        return line
    if not isinstance(said, dict):
        return line
    return json.dumps({**said, **marked}, ensure_ascii=False, separators=(",", ":")).encode()


def play_over_and_over(pack: Pack, speed: float, url: str, pause_s: float, stopping: threading.Event) -> None:
    """Play a night as a sandbox, each round as a new history, until told to stop.

    Args:
        pack: the election and its declarations.
        speed: how many times the recorded speed.
        url: the server.
        pause_s: seconds between the end of a round and the next one.
        stopping: set to end it.

    Raises:
        NoServerError: the server is away.
        NoReceiptError: ingest does not answer.
        RefusedError: the register is refused.
    """
    written = sandbox_register(pack)
    register = Register.model_validate_json(written)
    events = sandbox_events(pack)
    moments = timetable([declared_at(line) for line in pack.declarations], speed)
    with open_connection(url) as connection:
        while not stopping.is_set():
            _load(connection, register, written)
            _play(connection, register.election, events, moments, stopping)
            stopping.wait(pause_s)


def _load(connection: Connection, register: Register, written: bytes) -> None:
    """Load the sandbox, emptied where it is loaded already."""
    if register.election in connection.elections():
        begin_anew(connection, register.election)
    message = Submission("", register_event(register, written))
    for _, reply in send(connection, [message], [register.election], TIMEOUT_S, announce=connection.announce):
        if reply.receipt.data.status == "refused":
            raise RefusedError(f"The register was refused: {reply.receipt.data.reasons[0].message}")


def _play(
    connection: Connection, election: str, events: Sequence[bytes], moments: Sequence[float], stopping: threading.Event
) -> None:
    """Post each event at its moment."""
    start, posted = monotonic(), 0
    while posted < len(events) and not stopping.is_set():
        elapsed_s = monotonic() - start
        due = min(bisect_right(moments, elapsed_s), posted + POST_MAX)
        if due > posted:
            post(connection, election, events[posted:due])
            posted = due
        else:
            stopping.wait(min(moments[posted] - elapsed_s, LOOK_S))
