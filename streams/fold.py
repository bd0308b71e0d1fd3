"""A fold: entries in, effects out. Pure; no server, no clock.

The law: what a stage decides is a function of the entries it has folded, in their order. A rule looks at the
state and one entry and yields effects; only ``fold`` changes the state.

What is made anew for each entry, here and in the rules, is a named tuple: to make a frozen dataclass takes two to four
times as long.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from streams.contexts import CONTEXT
from streams.errors import StageFailed, Undeclared

START: Final = "0-0"
"""The cursor of a stage that has folded nothing yet."""


def place(entry_id: bytes) -> tuple[int, int]:
    """Return an entry id as two numbers, which compare in stream order."""
    milliseconds, _, counter = entry_id.partition(b"-")
    return int(milliseconds), int(counter or 0)


class Entry(NamedTuple):
    """One entry of a stream, as the server gave it."""

    id: str
    """Its place on the stream: two numbers and a dash. Whoever writes to a stream may choose it: it is not a time."""
    fields: Mapping[bytes, bytes]
    """Fields of the entry; anything at all when it comes from outside."""
    read_ms: int = 0
    """When it was read, in milliseconds of the server's clock; 0 unless the stage asks (``Wiring.timed``)."""


class Encodable(Protocol):
    """A value that can be stored as bytes."""

    def encode(self) -> bytes:
        """Return those bytes."""
        ...


class Record(NamedTuple):
    """A piece of state: one field of one table."""

    table: str
    field: str
    value: Encodable


class Emission(NamedTuple):
    """An event to append to a stream. The commit numbers it."""

    stream: str
    event: Encodable
    """A JSON object."""
    attributes: Mapping[str, str] = MappingProxyType({})
    """What the commit appends to the event besides its own numbers (``streams.ledger_tail``)."""


class Effects(NamedTuple):
    """What one entry brings about."""

    records: tuple[Record, ...] = ()
    emissions: tuple[Emission, ...] = ()


StateT = TypeVar("StateT")
"""What a stage remembers of one partition."""

ValueT = TypeVar("ValueT")

Keep = Callable[[StateT, str, ValueT], None]
"""Put a value into the state, in place of an earlier one of the same field."""


@dataclass(frozen=True, slots=True)
class Table(Generic[StateT, ValueT]):
    """A table of a stage: a Redis hash, and how its fields get into the state."""

    name: str
    decode: Callable[[bytes], ValueT]
    """Return a value from its stored form.

    Raises:
        ValueError, LookupError: the stored form is not one of such a value.
    """
    keep: Keep[StateT, ValueT]
    """Put the value of a record into the state."""
    restore: Keep[StateT, ValueT] | None = None
    """Put a stored value into the state, where that differs from keeping a new one."""

    def load(self, state: StateT, field: str, stored: bytes) -> None:
        """Restore a stored field into the state.

        Raises:
            ValueError, LookupError: the stored value is not one of this table.
        """
        (self.restore or self.keep)(state, field, self.decode(stored))


Rule = Callable[[StateT, Entry], Iterable[Effects]]
"""What a service knows: state and one entry in, effects out. It does not change the state itself: each ``Effects`` is
applied before the generator resumes, so that the rule can go on from the state as changed."""

Park = Callable[[StateT, Entry, Exception], Effects]
"""What to do with an entry that the rule failed on."""


@dataclass(frozen=True, slots=True)
class Wiring(Generic[StateT]):
    """How a stage is wired: what it reads, what it may write, what it remembers."""

    stage: str
    """Name of the stage; its cursor is kept under it."""
    reads: str
    """The stream folded."""
    writes: tuple[str, ...]
    """The streams it may write, its main one first; an emission to another stream is an error."""
    state: Callable[[str], StateT]
    """Return the initial state of a partition, by its name."""
    tables: tuple[Table[StateT, Any], ...]
    """Where the state is kept, in the order in which it must be restored; a record of another table is an error."""
    park: Park[StateT]
    """What to do with an entry that the rule fails on."""
    chained: str | None = None
    """The stream that is evidence: its entries are chained (``streams.chain``), and the last one of each commit is
    marked with ``groupend``."""
    numbered_by: str | None = None
    """The stage that writes the stream folded, and numbers its entries; None where anybody may write to it."""
    timed: bool = False
    """Whether its rule is told when each entry was read (``Entry.read_ms``)."""
    form: int = 1
    """Number of the form in which the state is kept. A release that changes the form of a table raises it; a stage
    does not start on state of another form."""

    def table(self, name: str) -> Table[StateT, Any]:
        """Return a table by its name.

        Raises:
            Undeclared: the stage has no such table.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise Undeclared(self.stage, f"the table {name}")


@dataclass(frozen=True, slots=True)
class Traced:
    """An entry that came with the context of a trace, and what followed from it."""

    entry: Entry
    first: int
    """Place of its first emission in the batch."""
    last: int
    """Place after its last one."""


@dataclass(slots=True)
class Batch:
    """What a run of entries brings about: the last record of each field, every emission in order."""

    records: dict[tuple[str, str], Encodable] = field(default_factory=dict)
    emissions: list[Emission] = field(default_factory=list)
    outcomes: list[Exception | None] = field(default_factory=list)
    """For each good entry, in order: None when it led to an emission on the main stream, else the error of
    our own rule. Entries that led to neither (a refusal, a duplicate) are not in it."""
    folded: int = 0
    """How many entries were folded."""
    traced: list[Traced] = field(default_factory=list)
    """The entries that came with the context of a trace."""
    contexts: dict[int, str] = field(default_factory=dict)
    """The context to write beside an emission, by its place; set by who traces (``StageHooks.folded``)."""


def fold(
    wiring: Wiring[StateT],
    rule: Rule[StateT],
    state: StateT,
    entries: Sequence[Entry],
    enough: Callable[[], bool] = lambda: False,
) -> Batch:
    """Apply ``rule`` to each entry in turn, keeping its records in ``state``.

    An entry that the rule fails on is parked, and the fold goes on. A rule that must not go on raises ``StageFailed``.
    After each entry ``enough`` is asked whether the others are to wait; ``Batch.folded`` says how many were folded.

    Raises:
        StageFailed: the rule raised it, or wrote what the stage does not declare (``Undeclared``); nothing of these
            entries may be committed.
    """
    batch = Batch()
    main = wiring.writes[0]
    for entry in entries:
        batch.folded += 1
        first = len(batch.emissions)
        try:
            useful = False
            for effects in rule(state, entry):
                _take(batch, wiring, state, effects)
                useful = useful or any(out.stream == main for out in effects.emissions)
        except StageFailed:
            raise
        except Exception as error:  # noqa: BLE001  # any fault of ours: the entry is parked, the line moves on
            _take(batch, wiring, state, wiring.park(state, entry, error))
            # Outcomes are kept beyond the batch; a traceback would keep the whole batch with them.
            batch.outcomes.append(error.with_traceback(None))
        else:
            if useful:
                batch.outcomes.append(None)
        if CONTEXT in entry.fields:
            batch.traced.append(Traced(entry, first, len(batch.emissions)))
        if enough():
            break
    return batch


def _take(batch: Batch, wiring: Wiring[StateT], state: StateT, effects: Effects) -> None:
    for record in effects.records:
        wiring.table(record.table).keep(state, record.field, record.value)
        batch.records[record.table, record.field] = record.value
    batch.emissions.extend(effects.emissions)
