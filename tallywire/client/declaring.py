"""What the results desk sends on the night: declarations, and amendments to the register."""

import json
from typing import Final
from uuid import uuid4

from tallywire.client.connection import Desk
from tallywire.client.post import Answers, around, send
from tallywire.client.submissions import Entry, choose_elections, split_entries
from tallywire.trouble import Exit, Trouble

AMEND_SOURCE: Final = "/tallywire/election-amend"


def declare(desk: Desk, content: bytes, election: str | None, answers: Answers) -> Exit:
    """Post what a file holds and tell what became of each entry.

    Args:
        desk: the connection.
        content: the file.
        election: the election's id, where the person named it.
        answers: how receipts are awaited and told.

    Raises:
        Trouble: nothing to post, or unclear to which election; nothing was posted.
    """
    entries = split_entries(content)
    if not entries:
        raise Trouble("There is nothing in it to send.", Exit.USAGE)
    return send(desk, entries, choose_elections(desk, entries, election), answers)


def amend(desk: Desk, content: bytes, election: str | None, answers: Answers) -> Exit:
    """Post amendments; an amendment by itself is put into an event first. As ``declare`` in everything else."""
    entries = [Entry(place, _as_event(amendment)) for place, amendment in split_entries(content)]
    if not entries:
        raise Trouble("There is nothing in it to send.", Exit.USAGE)
    return send(desk, entries, choose_elections(desk, entries, election), answers)


def _as_event(amendment: bytes) -> bytes:
    """Return an event around an amendment; what is an event already, or nothing we can read, as it is."""
    try:
        value = json.loads(amendment)
    except (ValueError, RecursionError):
        return amendment
    if not isinstance(value, dict) or "specversion" in value or not isinstance(value.get("ballot_id"), str):
        return amendment
    # An id of its own each time: to change a figure, change it back and change it again are three amendments.
    return around(
        amendment.strip(),
        id=f"amendment-{uuid4()}",
        source=AMEND_SOURCE,
        type="tallywire.amendment.v1",
        subject=value["ballot_id"],
    )
