"""What ingest remembers of an election: its register, and what was accepted already."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol

from schemas import tables
from schemas.declaration import Declaration
from schemas.receipt import Stands
from schemas.register import Contest, Register, RegisterHead
from services.ingest.rules.signed_state import (
    ENTRIES,
    HELD,
    HOLDS,
    KEYS,
    Ended,
    EnrolledKey,
    HoldState,
    Unpublished,
    decode_unpublished,
)
from services.rules.neighbours import Neighbours, measure
from services.rules.winners import Winners

REGISTER: Final = "ingest:register"
"""One field, ``election``: the register without its contests."""
TAKEN: Final = "ingest:taken"
CONTESTS: Final = "ingest:contests"
"""The contests as amended, by ballot id. Senders look here for the election that a contest belongs to."""
REVISIONS: Final = "ingest:revisions"
"""One field per revision taken: ballot id, a space, its number."""
STATED: Final = "ingest:stated"
"""The declaration that stands of each contest, by ballot id."""
WINNERS: Final = "ingest:winners"
"""Who was elected by the last declaration of each contest that stood and elected somebody, by ballot id."""
CLOSING: Final = "ingest:closing"
"""One field, ``election``: since when it is closed; empty where it was opened again."""
REFUSED: Final = "ingest:refused"
"""One field, ``bytes``: how much of refused entries was kept a second time."""

_PUT_OFF: Final = ("postponed", "countermanded")
"""Kinds after which the poll is to come."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that was accepted."""

    digest: str
    """Of what it says; of a revision, of its figures."""
    ledger_sequence: int
    """Its place on the ledger."""
    source: str = ""
    """Of a signed event, the digest of its source: one id has one."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return f"{self.digest} {self.ledger_sequence} {self.source}".rstrip().encode()

    @classmethod
    def decode(cls, value: bytes) -> "Taken":
        """Return it from its stored form."""
        digest, sequence, *source = value.decode().split()
        return cls(digest, int(sequence), *source)


@dataclass(frozen=True, slots=True)
class Stated:
    """The declaration that stands of a contest, as JSON: there may be thousands, and few are read again."""

    revision: int
    declaration: bytes
    votes: Mapping[str, int] | None = None
    """Votes by candidate where the contest's result is declared: other contests are compared with them."""

    @classmethod
    def of(cls, declared: Declaration) -> "Stated":
        """Return what is kept of a declaration."""
        stated = declared.model_dump_json(exclude_defaults=True).encode()
        return cls(declared.revision, stated, declared.votes if declared.kind == "declared" else None)

    @property
    def kind(self) -> str:
        """What sort of message it is."""
        return str(json.loads(self.declaration).get("kind", "declared"))

    def encode(self) -> bytes:
        """Return it as stored."""
        return self.declaration

    @classmethod
    def decode(cls, value: bytes) -> "Stated":
        """Return it from its stored form."""
        stated = json.loads(value)
        return cls(int(stated["revision"]), value, None if "kind" in stated else stated.get("votes"))


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of refused entries is kept a second time, on the stream of refusals."""

    size: int
    """Bytes of names and values, in the whole election so far."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return b"%d" % self.size

    @classmethod
    def decode(cls, value: bytes) -> "Kept":
        """Return it from its stored form."""
        return cls(int(value))


@dataclass(frozen=True, slots=True)
class ClosingState:
    """Whether an election is closed."""

    since: str | None
    """When it was closed, by the server's clock; None where it was opened again."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return (self.since or "").encode()

    @classmethod
    def decode(cls, value: bytes) -> "ClosingState":
        """Return it from its stored form."""
        return cls(value.decode() or None)


@dataclass(frozen=True, slots=True)
class EntryRead:
    """Figures that a person has typed, as the ledger has them."""

    person: str
    figures: str
    """``DeclaredFigures.figures_digest``."""


class Intake:
    """What was accepted of an election so far."""

    def __init__(self, election: str) -> None:
        """Begin before the register is read."""
        self.election = election
        self.register: Register | None = None
        """As amended so far; None before it is read."""
        self.local_counts = 0
        """How many the contest with most of them can have: one of each candidate in each of its areas."""
        self.contests: dict[str, dict[int, Taken]] = {}
        """By ballot id, the revisions taken."""
        self.stated: dict[str, Stated] = {}
        """By ballot id, the declaration of the highest revision taken."""
        self.winners: dict[str, Winners] = {}
        """By ballot id, who was elected last; it stays when the declaration is withdrawn."""
        self.neighbours = Neighbours()
        """The figures that stand, to compare others with."""
        self.taken: dict[str, Taken] = {}
        self.loaded: Taken | None = None
        """The register's event: the first that was accepted. Left out where ``taken`` is."""
        self.refused = Kept(0)
        self.closed_since: str | None = None
        """When it was closed, by the server's clock; None while it is open."""
        self.ledger_length = 0
        """Entries on the ledger."""
        self.keys: dict[str, EnrolledKey] = {}
        """The keys that were enrolled, by key id."""
        self.holds: dict[int, HoldState] = {}
        """Every hold, by its place on the ledger."""
        self.open_holds: dict[str, dict[int, int]] = {}
        """By ballot id, the holds that are open: the place of each by the revision that it reserves."""
        self.holds_by_event: dict[str, int] = {}
        """By ``event_key``, the place of the hold that bound it."""
        self.held: dict[int, Unpublished] = {}
        """The declarations that are held, by the place of their hold."""
        self.entries: dict[str, dict[str, Unpublished]] = {}
        """The figures that people have typed: by ``revision_key``, and by person."""
        self.entries_by_event: dict[str, str] = {}
        """By ``signed_event_key``, the ``revision_key`` of the typed figures that use the id."""
        self.entries_read: dict[str, EntryRead] = {}
        """While a ledger is read again: the entries at its end so far, by digest; the next event cites them."""

    @property
    def signed(self) -> bool:
        """Whether everything that is sent has to be signed."""
        return self.register is not None and self.register.signatures == "required"

    def highest(self, ballot_id: str) -> int:
        """Return the highest revision taken of a contest; 0 before the first."""
        stated = self.stated.get(ballot_id)
        return 0 if stated is None else stated.revision

    def poll_to_come(self, ballot_id: str) -> bool:
        """Whether nothing rests on who stands: nothing is declared of a contest, but that its poll is put off."""
        stated = self.stated.get(ballot_id)
        return stated is None or (stated.kind in _PUT_OFF and ballot_id not in self.winners)

    def stands(self, ballot_id: str, revision: int) -> Stands | None:
        """Return what stands of a contest where that is a higher revision than this one; None where it is not."""
        highest = self.highest(ballot_id)
        if highest <= revision:
            return None
        return Stands(revision=highest, ledger_sequence=self.contests[ballot_id][highest].ledger_sequence)

    def keep_register(self, _field: str, head: RegisterHead) -> None:
        """Remember the register, first or amended; its contests come after the first."""
        self.register = head.with_contests({} if self.register is None else self.register.contests)

    def keep_contest(self, ballot_id: str, contest: Contest) -> None:
        """Remember a contest, first or amended.

        Raises:
            LookupError: there is no register that it could be in.
        """
        if self.register is None:
            raise LookupError(self.election)
        self.register.contests[ballot_id] = contest
        self.local_counts = max(self.local_counts, len(contest.areas) * len(contest.candidates))
        self.contests.setdefault(ballot_id, {})
        if ballot_id in self.stated:
            self._compare(ballot_id)

    def keep_revision(self, field: str, taken: Taken) -> None:
        """Remember a revision that was accepted, by its ``revision_key``."""
        ballot_id, number = field.split()
        self.contests[ballot_id][int(number)] = taken

    def keep_stated(self, ballot_id: str, stated: Stated) -> None:
        """Remember the declaration that stands of a contest."""
        self.stated[ballot_id] = stated
        self._compare(ballot_id)

    def keep_winners(self, ballot_id: str, winners: Winners) -> None:
        """Remember who was elected last."""
        self.winners[ballot_id] = winners

    def _compare(self, ballot_id: str) -> None:
        """Let others be compared with what stands of a contest, where what is odd is held: where people sign."""
        if self.register is None:
            raise LookupError(self.election)
        if not self.signed:
            return
        contest, votes = self.register.contests[ballot_id], self.stated[ballot_id].votes
        self.neighbours.put(ballot_id, measure(self.register, ballot_id, contest, votes))

    def keep_taken(self, key: str, taken: Taken) -> None:
        """Remember an event that was accepted, by its ``event_key``."""
        self.taken[key] = taken
        self.ledger_length = max(self.ledger_length, taken.ledger_sequence)
        if taken.ledger_sequence == 1:
            self.loaded = taken

    def keep_refused(self, _field: str, kept: Kept) -> None:
        """Remember how much of refused entries was kept a second time."""
        self.refused = kept

    def keep_closing(self, _field: str, closing: ClosingState) -> None:
        """Remember since when the election is closed, or that it is open again."""
        self.closed_since = closing.since

    def keep_key(self, key_id: str, key: EnrolledKey) -> None:
        """Remember a key, as it is from now on."""
        self.keys[key_id] = key

    def keep_hold(self, field: str, hold: HoldState) -> None:
        """Remember a hold, as it is from now on."""
        place = int(field)
        self.holds[place] = hold
        self.holds_by_event[hold.event] = place
        self.ledger_length = max(self.ledger_length, place)
        still_open = self.open_holds.setdefault(hold.ballot_id, {})
        if hold.end is None:
            still_open[hold.revision] = place
        elif still_open.get(hold.revision) == place:
            del still_open[hold.revision]

    def keep_held(self, field: str, held: Unpublished | Ended) -> None:
        """Remember a declaration that is held, or that it waits no longer."""
        if isinstance(held, Unpublished):
            self.held[int(field)] = held
        else:
            self.held.pop(int(field), None)

    def keep_entry(self, field: str, entry: Unpublished | Ended) -> None:
        """Remember the figures that somebody has typed, in place of those typed before."""
        revision, person = field.rsplit(" ", 1)
        typed = self.entries.setdefault(revision, {})
        before = typed.pop(person, None)
        if before is not None:
            self.entries_by_event.pop(signed_event_key(person, before.event_id), None)
        if isinstance(entry, Unpublished):
            typed[person] = entry
            self.entries_by_event[signed_event_key(person, entry.event_id)] = revision

    def keep(self, remembered: "Remembered") -> None:
        """Remember one thing, in place of what was remembered there before."""
        TABLES[remembered.table].keep(self, remembered.field, remembered.value)


class Storable(Protocol):
    """Something that is stored as bytes."""

    def encode(self) -> bytes:
        """Return those bytes."""
        ...


class Remembered(NamedTuple):
    """One thing that ingest remembers: a field of one of its tables."""

    table: str
    field: str
    value: Storable


@dataclass(frozen=True, slots=True)
class Table:
    """How the fields of a table are read, and taken into memory."""

    decode: Callable[[bytes], Any]
    keep: Callable[[Intake, str, Any], None]


TABLES: Final[Mapping[str, Table]] = {
    REGISTER: Table(tables.REGISTER.restore, Intake.keep_register),
    CONTESTS: Table(tables.CONTESTS.restore, Intake.keep_contest),
    REVISIONS: Table(Taken.decode, Intake.keep_revision),
    KEYS: Table(EnrolledKey.decode, Intake.keep_key),
    STATED: Table(Stated.decode, Intake.keep_stated),
    WINNERS: Table(Winners.decode, Intake.keep_winners),
    TAKEN: Table(Taken.decode, Intake.keep_taken),
    REFUSED: Table(Kept.decode, Intake.keep_refused),
    CLOSING: Table(ClosingState.decode, Intake.keep_closing),
    HOLDS: Table(HoldState.decode, Intake.keep_hold),
    HELD: Table(decode_unpublished, Intake.keep_held),
    ENTRIES: Table(decode_unpublished, Intake.keep_entry),
}
"""The tables, in the order in which they are restored: a contest comes before its revisions."""


def revision_key(ballot_id: str, revision: int) -> str:
    """Return what identifies a revision of a contest."""
    return f"{ballot_id} {revision}"


def event_key(source: str, event_id: str) -> str:
    """Return what identifies an event: CloudEvents 1.0, ``source`` and ``id`` together."""
    return digest(f"{source}\0{event_id}".encode())


@lru_cache(maxsize=100)
def signed_event_key(person: str, event_id: str) -> str:
    """Return what identifies a signed event: who signed it, and its id. Nobody else can use that up."""
    # Asked for four times while one event is judged.
    return digest(f"{person}\0\0{event_id}".encode())


def digest(content: bytes) -> str:
    """Return 128 bits of SHA-256: no two contents meet by chance, and few can be made to."""
    return sha256(content).hexdigest()[:32]
