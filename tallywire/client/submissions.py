"""A file of messages, taken apart into what is posted, and the election that each message belongs to."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import UnclearElectionError
from tallywire.client.messages import amendment_event, envelope
from tallywire.client.signing import SigningKey, completed, now


@dataclass(frozen=True, slots=True)
class Submission:
    """One message to post."""

    place: str
    """Where it stood in the file: ``line 3``; empty when it was all of it."""
    content: bytes
    """What to post, as it was."""
    signature: str | None = None
    """Its signature; None where it is not signed."""


def signed_submission(data: bytes, key: SigningKey, *, test: bool, **attributes: str) -> Submission:
    """Return a message of a command's own, made now and signed.

    Args:
        data: what it says, as JSON.
        key: who signs it.
        test: whether the election is a rehearsal.
        attributes: of the event: ``id``, ``source``, ``type``, ``subject`` and ``election``.
    """
    marked = {"test": True} if test else {}
    content = envelope(data, **attributes, time=now(), **marked)
    return Submission("", content, key.sign(content))


def split_file(content: bytes) -> list[Submission]:
    """Take a file apart: one JSON value is one submission, else each line that is not blank is one.

    Nothing is judged here: what is not JSON is posted too, and ``ingest`` says what is wrong with it. What is not
    text has no lines, and a first line with nothing but an opening bracket begins one value, however badly it ends.
    """
    if not content.strip():
        return []
    lines = [Submission(f"line {number}", line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if lines[0].content.strip() in (b"{", b"[") or not _is_text(content) or _is_one_value(content):
        return [Submission("", content)]
    return lines


def signed(submission: Submission, election: str, key: SigningKey | None) -> Submission:
    """Return a submission with its signature, and with what a signed message has to say.

    Without a key, or where it is signed already, it stays as it is.
    """
    if key is None or submission.signature is not None:
        return submission
    content = completed(submission.content, election)
    return Submission(submission.place, content, key.sign(content))


def as_events(amendments: Sequence[Submission], tests: Iterable[bool] | None = None) -> list[Submission]:
    """Return amendments as events; what is an event already stays as it is.

    Args:
        amendments: as a person has written them.
        tests: of each, whether its election is a rehearsal; none is when None.
    """
    return [
        replace(one, content=amendment_event(one.content, test=test))
        for one, test in zip(amendments, tests or [False] * len(amendments), strict=True)
    ]


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _is_one_value(content: bytes) -> bool:
    try:
        json.loads(content, parse_int=float)  # a number of any length is a value, too
    except (ValueError, RecursionError):
        return False
    return True


def read_ballot_id(content: bytes) -> str | None:
    """Return the contest that a message says it is about; None where that cannot be read."""
    data = _read(content).get("data")
    ballot_id = data.get("ballot_id") if isinstance(data, dict) else None
    return ballot_id if isinstance(ballot_id, str) else None


def choose_elections(connection: Connection, submissions: Sequence[Submission], named: str | None) -> list[str]:
    """Return for each submission the election to post it to.

    It is the one ``named``, else the one that the submission says it is for, else the one whose register lists its
    contest, else the only one there is. A rehearsal lists the contests of another election: there it is the one of the
    two that is a rehearsal, or is none, as the submission says of itself.

    Raises:
        NotThereError: no election is loaded, or not the one named.
        UnclearElectionError: it cannot be told for one of them.
    """
    loaded = connection.choose(named)
    if len(loaded) == 1:
        return loaded * len(submissions)
    found = [_find_election(connection, loaded, submission.content) for submission in submissions]
    in_file = {election for election in found if election is not None}
    for submission, election in zip(submissions, found, strict=True):
        if election is None and len(in_file) != 1:
            place, listed = submission.place or "this", f"Loaded: {', '.join(loaded)}."
            if read_ballot_id(submission.content) is None:
                raise UnclearElectionError(
                    f"It is unclear whose {place} is: it is no JSON, or names no contest in data.ballot_id. {listed}"
                )
            raise UnclearElectionError(
                f"No loaded election lists the contest of {place}, so it is unclear whose it is. {listed}"
            )
    return [election or next(iter(in_file)) for election in found]


def _find_election(connection: Connection, loaded: Sequence[str], content: bytes) -> str | None:
    event, ballot_id = _read(content), read_ballot_id(content)
    if event.get("election") in loaded:
        return str(event["election"])
    if ballot_id is None:
        return None
    listing = [election for election in loaded if _lists(connection, election, ballot_id)]
    if len(listing) > 1:
        test = event.get("test") is True
        listing = [election for election in listing if is_test(connection, election) == test]
    return next(iter(listing), None)


def is_test(connection: Connection, election: str) -> bool:
    """Whether an election is a rehearsal, as its register says."""
    stored = connection.at(election).hget(Partition(election).key("ingest:register"), "election")
    return stored is not None and _read(stored).get("test") is True


def _read(content: bytes) -> dict[str, Any]:
    """Return what a message says; nothing where it is no JSON object."""
    try:
        event = json.loads(content, parse_int=float)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _lists(connection: Connection, election: str, ballot_id: str) -> bool:
    """Whether the election's register lists the contest."""
    return bool(connection.at(election).hexists(Partition(election).key("ingest:contests"), ballot_id))
