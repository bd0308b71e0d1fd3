"""A file of messages, taken apart into what is posted, and the election that each message belongs to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import UnclearElectionError
from tallywire.client.signing import SigningKey, completed


@dataclass(frozen=True, slots=True)
class Submission:
    """One message to post."""

    place: str
    """Where it stood in the file: ``line 3``; empty when it was all of it."""
    content: bytes
    """What to post, as it was."""
    signature: str | None = None
    """Its signature; None where it is not signed."""


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
    try:
        event = json.loads(content, parse_int=float)
    except (ValueError, RecursionError):
        return None
    data = event.get("data") if isinstance(event, dict) else None
    ballot_id = data.get("ballot_id") if isinstance(data, dict) else None
    return ballot_id if isinstance(ballot_id, str) else None


def choose_elections(connection: Connection, submissions: Sequence[Submission], named: str | None) -> list[str]:
    """Return for each submission the election to post it to.

    It is the one ``named``, else the one whose register lists the submission's contest, else the only one there is.

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
            raise UnclearElectionError(
                f"No loaded election lists the contest of {submission.place or 'this'}, so it is unclear whose it is. "
                f"Loaded: {', '.join(loaded)}."
            )
    return [election or next(iter(in_file)) for election in found]


def _find_election(connection: Connection, loaded: Sequence[str], content: bytes) -> str | None:
    ballot_id = read_ballot_id(content)
    if ballot_id is None:
        return None
    return next((election for election in loaded if _lists(connection, election, ballot_id)), None)


def _lists(connection: Connection, election: str, ballot_id: str) -> bool:
    """Whether the election's register lists the contest."""
    return bool(connection.at(election).hexists(Partition(election).key("ingest:contests"), ballot_id))
