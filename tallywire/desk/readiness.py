"""Which count centres are ready: whose test declaration was taken, signed by a key of their own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ValidationError

from schemas import tables
from schemas.events import DeclarationEvent, ReceiptEvent, type_name
from schemas.key import Role
from schemas.receipt import Receipt
from schemas.streams import LEDGER, RECEIPTS
from streams.ledger_tail import sequence_of
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.follow import read_stream
from tallywire.client.snapshot import read_register_head, read_table
from tallywire.desk.stored import Keys, read_stored

PLAYED: Final = "rehearsal-"
"""What ids of messages begin with that a rehearsal sends itself."""

State = Literal["ready", "own key missing", "held", "typed", "refused", "not yet"]
"""How far a centre is. Ready: its declaration was taken, and where signatures are asked for signed by a key that is for
its contest."""

_DECLARE: Final[Collection[Role]] = ("returning-officer", "second-person", "service")
"""The roles that declare for contests of their own."""

_OTHERS: Final[Collection[Role]] = ("desk", "operator")
"""The roles of those who are at no count centre."""

_DECLARED: Final = type_name(DeclarationEvent).encode()

_FARTHEST: Final = ("refused", "entered", "held", "accepted")
"""What became of messages, the farthest last."""

_STATES: Final[Mapping[str, State]] = {"refused": "refused", "entered": "typed", "held": "held"}


@dataclass(frozen=True, slots=True)
class Centre:
    """A contest, and how far its count centre is."""

    ballot_id: str
    contest: str
    state: State
    received: int
    """Messages about the contest that were answered, repeats included."""
    at: str | None
    """When the farthest of them was read, by the server's clock."""
    person: str | None
    """Who has signed that one."""
    own_key: bool
    """Whether that was a key that is for this contest, and for no more than a few."""
    keys: tuple[str, ...]
    """Who holds a key of its own for this contest."""
    code: str | None
    """The first reason, where it was refused or is held."""
    played: bool
    """Whether the rehearsal itself has sent it, in the centre's place."""


def readiness(connection: Connection, election: str, played: str) -> tuple[Centre, ...]:
    """Return how far each count centre of an election is, in the order of their names.

    Args:
        connection: where the election is.
        election: its id.
        played: what ids of messages begin with that a rehearsal sends itself.

    Raises:
        UnreadableError: what is stored cannot be read.
    """
    contests = read_table(connection, election, tables.CONTESTS)
    keys = read_stored(connection, election).keys
    head = read_register_head(connection, election)
    signed = head is not None and head.signatures == "required"
    others = {key.person for key in keys.values() if key.role in _OTHERS}
    farthest, received = _receipts(connection, election, others)
    found = []
    for ballot_id, stored in contests.items():
        holders = _holders(keys, ballot_id)
        event = farthest.get(ballot_id)
        receipt = None if event is None else event.data
        own = receipt is not None and receipt.person in holders
        found.append(
            Centre(
                ballot_id=ballot_id,
                contest=tables.CONTESTS.read(stored).name,
                state=_state(receipt, own=own, signed=signed),
                received=received.get(ballot_id, 0),
                at=None if event is None else event.time,
                person=None if receipt is None else receipt.person,
                own_key=own,
                keys=holders,
                code=receipt.reasons[0].code if receipt is not None and receipt.reasons else None,
                played=receipt is not None and (receipt.event_id or "").startswith(played),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.contest, each.ballot_id)))


def _receipts(
    connection: Connection, election: str, others: Collection[str]
) -> tuple[dict[str, ReceiptEvent], dict[str, int]]:
    """Return the receipt that tells of the farthest step of each contest, and how many messages were answered.

    Args:
        connection: where the election is.
        election: its id.
        others: people who are at no count centre.
    """
    declared = {
        sequence_of(entry.event) for entry in read_stream(connection, election, LEDGER.name) if _DECLARED in entry.event
    }
    farthest: dict[str, ReceiptEvent] = {}
    received: dict[str, set[str]] = {}
    for entry in read_stream(connection, election, RECEIPTS.name):
        try:
            event = ReceiptEvent.model_validate_json(entry.event)
        except ValidationError as error:
            raise UnreadableError(f"Receipt {entry.id} of {election} cannot be read.") from error
        receipt = event.data
        # A decision or an amendment is about the contest, too, and no declaration of it.
        if receipt.person in others or (receipt.status == "accepted" and receipt.ledger_sequence not in declared):
            continue
        received.setdefault(event.subject, set()).add(receipt.entry_id)
        known = farthest.get(event.subject)
        if receipt.status in _FARTHEST and (known is None or _is_farther(receipt, known.data)):
            farthest[event.subject] = event
    return farthest, {subject: len(entries) for subject, entries in received.items()}


def _is_farther(receipt: Receipt, known: Receipt) -> bool:
    """Whether a receipt takes the place of an earlier one: also where what was held has been turned down since."""
    turned_down = receipt.decided is not None and receipt.hold == known.hold
    return turned_down or _FARTHEST.index(receipt.status) >= _FARTHEST.index(known.status)


def _state(receipt: Receipt | None, *, own: bool, signed: bool) -> State:
    if receipt is None:
        return "not yet"
    if receipt.status == "accepted":
        return "ready" if own or not signed else "own key missing"
    return _STATES[receipt.status]


def _holders(keys: Keys, ballot_id: str) -> tuple[str, ...]:
    """Return who holds a key that may declare for this contest, among few."""
    found = (
        key.person
        for key in keys.values()
        if not key.retired and key.role in _DECLARE and key.contests is not None and ballot_id in key.contests
    )
    return tuple(dict.fromkeys(found))
