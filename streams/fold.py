"""A fold: entries in, effects out. Pure; no server, no clock.

The law: what a stage decides is a function of the entries it has folded, in their order. A rule looks at the
state and one entry and yields effects; only ``fold`` changes the state.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar

START: Final = "0-0"
"""The cursor of a stage that has folded nothing."""


def place(entry_id: bytes) -> tuple[int, int]:
    """Return an entry id as numbers, so that ids compare in stream order."""
    milliseconds, _, counter = entry_id.partition(b"-")
    return int(milliseconds), int(counter or 0)


class Entry:
    """One entry of a stream, as the server gave it."""

    def __init__(self, id: str, fields: Mapping[bytes, bytes]) -> None:  # noqa: A002  # Redis' own word
        self.id: Final = id
        """Id that the server gave the entry: milliseconds of its clock, a dash, a counter."""
        self.fields: Final = fields
        """Fields of the entry; anything at all when it comes from outside."""


class Encodable(Protocol):
    """Something with a form in bytes."""

    def encode(self) -> bytes:
        """Return that form."""
        ...


class Record:
    """A piece of state: one field of one table (a Redis hash)."""

    def __init__(self, table: str, field: str, value: Encodable) -> None:
        self.table: Final = table
        self.field: Final = field
        self.value: Final = value


@dataclass(frozen=True, slots=True)
class Emission:
    """An event to append to a stream. The commit numbers it."""

    stream: str
    event: Encodable
    """A JSON object."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What the commit appends to the event besides its own numbers (``streams.ledger_tail``)."""


class Effects:
    """What one entry brings about."""

    def __init__(self, records: tuple[Record, ...] = (), emissions: tuple[Emission, ...] = ()) -> None:
        self.records: Final = records
        self.emissions: Final = emissions


class State(Protocol):
    """What a stage remembers of one partition."""

    tables: ClassVar[tuple[str, ...]]
    """Where its records are kept, in the order in which they must be restored."""

    def __init__(self, partition: str) -> None:
        """Begin with nothing folded."""
        ...

    def keep(self, record: Record) -> None:
        """Take one record into memory, in place of an earlier one of the same table and field."""
        ...

    def restore(self, table: str, field: str, value: bytes) -> None:
        """Take one stored record into memory."""
        ...


StateT = TypeVar("StateT", bound=State)
Rule = Callable[[StateT, Entry], Iterable[Effects]]
"""What a service knows: state and one entry in, effects out. It changes nothing itself; what it has yielded is kept
before it is asked for more, so that a rule can go on from there."""

Park = Callable[[StateT, Entry, Exception], Effects]
"""What to do with an entry that the rule failed on."""


class Wiring(NamedTuple, Generic[StateT]):
    """How a stage is wired: what it reads, what it may write, what it remembers."""

    stage: str
    """Name of the stage; its cursor is kept under it."""
    reads: str
    """The stream folded."""
    writes: tuple[str, ...]
    """The streams it may write, first the one it is there for; an emission to another one is an error."""
    state: type[StateT]
    """What it remembers of a partition."""
    park: Park[StateT]
    """What becomes of an entry that the rule fails on."""
    chained: str | None = None
    """The stream that is evidence: its entries are chained (``streams.chain``), and the last one of each commit says
    so (``groupend``)."""


@dataclass
class Batch:
    """What a run of entries brings about together: the last record of each field, every emission in order."""

    records: dict[tuple[str, str], Encodable] = field(default_factory=dict)
    emissions: list[Emission] = field(default_factory=list)
    outcomes: list[Exception | None] = field(default_factory=list)
    """For each entry that looked good, in order: None when something came of it, else the error of our own rule.
    Entries from which nothing followed (a refusal, a repeat) are not in it."""
    folded: int = 0
    """Of how many entries it is."""


def fold(wiring: Wiring[StateT], rule: Rule[StateT], state: StateT, entries: Sequence[Entry]) -> Batch:
    """Apply ``rule`` to each entry in turn, keeping its records in ``state``.

    An entry that the rule fails on is parked, and the fold goes on.
    """
    batch = Batch(folded=len(entries))
    purpose = wiring.writes[0]
    for entry in entries:
        try:
            useful = False
            for effects in rule(state, entry):
                _take(batch, state, effects)
                useful = useful or any(out.stream == purpose for out in effects.emissions)
        except Exception as error:  # noqa: BLE001  # any fault of ours: the entry is parked, the line moves on
            _take(batch, state, wiring.park(state, entry, error))
            # A traceback would hold on to this very batch, and the last outcomes are kept.
            batch.outcomes.append(error.with_traceback(None))
        else:
            if useful:
                batch.outcomes.append(None)
    return batch


def _take(batch: Batch, state: State, effects: Effects) -> None:
    for record in effects.records:
        state.keep(record)
        batch.records[record.table, record.field] = record.value
    batch.emissions.extend(effects.emissions)
