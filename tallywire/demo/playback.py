"""Playing the recorded declarations of a pack to an election, at any speed."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from time import monotonic
from typing import Final

from pydantic import ValidationError

from schemas.events import DeclarationEvent
from tallywire.client.connection import Connection
from tallywire.client.errors import NoServerError, UsageError
from tallywire.client.follow import Follower, Published
from tallywire.client.post import POST_MAX, post
from tallywire.client.progress import behind
from tallywire.client.submissions import Submission

PLAY_S: Final = 14.0
"""How long a pack of any size plays when no speed is given: with start and end, a demo of about 15 s."""

WATCHED_S: Final = (40.0, 300.0)
"""How long it plays at least and at most for somebody who looks at the board."""

WATCHED_EACH_S: Final = 3.0
"""How long each declaration is looked at there, within these bounds."""

UNKNOWN_GAP_S: Final = 60.0
"""Between two declarations where the recorded times do not say: on a busy night one a minute is usual."""

SETTLE_LOOK_S: Final = 0.02
"""How long to wait for something published before looking whether all has been read, after the last declaration."""

STALL_S: Final = 30.0
"""A service that publishes nothing for so long while entries wait for it stands still: a restart takes two seconds."""

MAX_SPEED: Final = math.inf
"""As fast as it goes."""


def read_speed(text: str | None) -> float | None:
    """Return a speed as a person writes it: ``60`` or ``max``; None where none was given.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    try:
        speed = MAX_SPEED if text == "max" else float(text)
    except ValueError:
        speed = math.nan
    if not speed > 0 or (speed == MAX_SPEED and text != "max"):
        raise UsageError(f"--speed {text} is neither a number above 0 nor max.")
    return speed


def declared_at(line: bytes) -> str | None:
    """Return when a recorded line says that it was declared; None where it does not, and for whatever else it is."""
    try:
        return DeclarationEvent.model_validate_json(line).data.declared_at
    except ValidationError:
        # An amendment, or a line that ingest is to refuse: it is posted in its place like any other.
        return None


def watched_s(declarations: int) -> float:
    """Return how long a night of so many declarations plays on a board, in seconds."""
    shortest, longest = WATCHED_S
    return min(max(shortest, declarations * WATCHED_EACH_S), longest)


def timetable(declared_at: Sequence[str | None], speed: float | None, play_s: float = PLAY_S) -> list[float]:
    """Return when to post each declaration, in seconds from the start; never earlier than the one before it.

    Args:
        declared_at: recorded times, RFC 3339, in the order of play; None where unknown.
        speed: how many times the recorded speed; None spreads them evenly over ``play_s``.
        play_s: how long all of it plays then, in seconds.
    """
    if speed is None:
        return [number * play_s / len(declared_at) for number in range(len(declared_at))]
    moments: list[float] = []
    recorded_s = 0.0
    start: float | None = None
    for number, text in enumerate(declared_at):
        if text is None:
            recorded_s += UNKNOWN_GAP_S if number else 0.0
        else:
            moment = datetime.fromisoformat(text).timestamp()
            # The clock of the night is set by the first known time.
            start = moment - recorded_s if start is None else start
            recorded_s = max(recorded_s, moment - start)
        moments.append(recorded_s / speed)
    return moments


def play(
    connection: Connection,
    election: str,
    follower: Follower,
    messages: Sequence[Submission],
    moments: Sequence[float],
) -> Iterator[Published]:
    """Post each message at its moment; yield what is published meanwhile, until all of it is settled.

    Args:
        connection: where the election is.
        election: its id.
        follower: follows what is to be yielded.
        messages: what to post, in order.
        moments: when to post each, in seconds from now.

    Raises:
        NoServerError: a service stands still.
    """
    start = moved = monotonic()
    posted = 0
    while True:
        due = _due(moments, posted, monotonic() - start)
        if due > posted:
            now = messages[posted:due]
            post(connection, election, [one.content for one in now], [one.signature for one in now])
            posted, moved = due, monotonic()
        waiting = behind(connection, election)
        if posted == len(moments) and waiting is None:
            yield from _rest(follower)
            return
        wait_s = SETTLE_LOOK_S if posted == len(moments) else start + moments[posted] - monotonic()
        for published in follower.read(wait_s):
            moved = monotonic()
            yield published
        if waiting is not None and monotonic() - moved > STALL_S:
            raise NoServerError(f"The service {waiting} has not gone on for {STALL_S:.0f} s.")


def _due(moments: Sequence[float], posted: int, elapsed_s: float) -> int:
    """Return how many declarations are to be posted by now, no more than one post holds."""
    return min(bisect_right(moments, elapsed_s), posted + POST_MAX)


def _rest(follower: Follower) -> Iterator[Published]:
    while published := follower.read(0):
        yield from published
