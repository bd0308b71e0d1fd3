"""Whether the services can go on from what is there; of that the ledger says nothing."""

import re
from collections.abc import Sequence
from typing import Any, Final

from schemas.streams import DECLARATIONS, RECEIPTS
from services.ingest.rules.intake import REFUSED
from streams.commit import FORM
from streams.fold import START
from streams.keys import CATALOGUE, Partition
from tallywire.client.connection import Connection
from tallywire.client.snapshot import Table
from tallywire.evidence.difference import Difference, excerpt
from tallywire.evidence.election_keys import PARTS
from tallywire.evidence.replay import STAGES
from tallywire.evidence.stored_election import StoredElection, check_kinds, reached

_NUMBER: Final = re.compile(rb"[0-9]{1,19}")
_SEQUENCE: Final = "sequence:"
_NO_NUMBER: Final = ("It is no number.", "a number")


def check_keys(connection: Connection, election: str) -> None:
    """See that each key is of its kind and will stay.

    Raises:
        Difference: one is of another kind, or has a time to live.
    """
    partition, parts = Partition(election), (DECLARATIONS.name, *PARTS)
    check_kinds(connection, election, parts)
    pipeline = connection.at(election).pipeline(transaction=False)
    for part in parts:
        pipeline.pttl(partition.key(part))
    for part, left_ms in zip(parts, pipeline.execute(), strict=True):
        if left_ms >= 0:
            what = "The server will delete the key, for somebody has given it a time to live."
            remedy = f"At once: `PERSIST {partition.key(part)}`. Nothing is lost then. Verify again."
            raise Difference(part, what, "no time to live", f"{left_ms / 1e3:.0f} s", remedy=remedy)


def check_forms(stored: StoredElection) -> None:
    """See that this release keeps the state of each service in the form in which it is there.

    Raises:
        Difference: another release has written it.
    """
    for wiring in STAGES:
        fields = stored.stages[wiring.stage]
        # Releases before there were forms did not say that theirs is the first.
        form = excerpt(fields.get(FORM, b"1"))
        if fields and form != str(wiring.form):
            what = "Another release has written this, and keeps it in another form."
            remedy = "`tallywire rebuild` checks the ledger, and makes anew from it what this release keeps."
            raise Difference(f"{wiring.stage}, field {FORM}", what, str(wiring.form), form, remedy=remedy)


def can_go_on(client: Any, stored: StoredElection) -> None:  # noqa: ANN401  # as Connection
    """See that the services find the election, can read what they kept, and that ingest reads what comes next.

    Raises:
        Difference: one cannot.
    """
    if not stored.named:
        remedy = "`tallywire election load` with the election's pack names it again, and changes nothing else."
        raise Difference(CATALOGUE, "The catalogue does not name the election.", stored.election, remedy=remedy)
    partition = Partition(stored.election)
    for wiring in STAGES:
        _check_mark(partition, wiring.stage, wiring.writes, stored.stages[wiring.stage])
    for name, value in client.hgetall(partition.key(REFUSED)).items():
        if not _NUMBER.fullmatch(value):
            remedy = f"It only counts bytes of what was refused: `DEL {partition.key(REFUSED)}` begins anew."
            raise Difference(f"{REFUSED}, field {excerpt(name)}", *_NO_NUMBER, excerpt(value), remedy=remedy)
    _check_cursor(client, partition, stored)


def _check_mark(partition: Partition, stage: str, writes: Sequence[str], fields: Table) -> None:
    for field, value in fields.items():
        where, stream = f"{stage}, field {field}", field.removeprefix(_SEQUENCE)
        numbers = field.startswith(_SEQUENCE)
        if numbers and stream in writes and not _NUMBER.fullmatch(value):
            remedy = (
                f"The stream's last entry says its `sequence`: `XREVRANGE {partition.key(stream)} + - COUNT 1`. "
                f"`HSET {partition.key(stage)} {field} NUMBER` puts it right."
            )
            raise Difference(where, *_NO_NUMBER, excerpt(value), remedy=remedy)
        if (numbers and stream not in writes) or (field == "token" and not value.isascii()):
            remedy = f'Nothing depends on it: `HDEL {partition.key(stage)} "{field}"`.'
            raise Difference(where, "No service writes such a field.", "", excerpt(value), remedy=remedy)


def _check_cursor(client: Any, partition: Partition, stored: StoredElection) -> None:  # noqa: ANN401  # as Connection
    key = partition.key(DECLARATIONS.name)
    remedy = (
        f"Ingest goes on from its last receipt: `XREVRANGE {partition.key(RECEIPTS.name)} + - COUNT 1` shows its "
        f"`entry_id`; `HSET {partition.key('ingest')} cursor ENTRY_ID` puts it right, and loses nothing."
    )
    cursor = stored.cursor("ingest", remedy)
    # Asked after the reading: meanwhile the stream can only have grown. A restored election has neither.
    if cursor != START and client.exists(key):
        last = client.xinfo_stream(key)["last-generated-id"].decode()
        if not reached(cursor, last):
            what = "It is beyond the end of declarations: ingest would read nothing that comes."
            raise Difference("ingest, field cursor", what, f"{last} or before", cursor, remedy=remedy)
