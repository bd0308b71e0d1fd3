"""The services' own rules, run in memory over a ledger: what must be on the streams and in the tables.

Memory holds state (one result a contest, one tally a region), never the events that went by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Generic

from schemas import RELEASE
from schemas.reading import OfLaterRelease
from schemas.signatures import read_public_key, read_signature, thumbprint
from schemas.streams import LEDGER
from services.aggregate.rules.standing import Standing
from services.aggregate.service import WIRING as AGGREGATE
from services.aggregate.service import aggregate_ledger
from services.ingest.rules.intake import REFUSED, REVISIONS, TABLES, TAKEN, Intake, Remembered, Storable
from services.ingest.rules.readmission import NotFromIngest, readmit
from services.ingest.rules.signed_state import PRIVATE
from services.ingest.service import WIRING as INGEST
from services.notify.rules.memory import Memory
from services.notify.service import WIRING as NOTIFY
from services.notify.service import notify_of_results
from streams.commit import Mark, number
from streams.errors import Outdated
from streams.fold import Effects, Entry, Rule, StateT, Wiring, fold
from streams.ledger_tail import Value, split
from tallywire.client.snapshot import Table
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_walk import entry_named

STAGES: Final = (INGEST, AGGREGATE, NOTIFY)
"""The wirings, in the order of the flow."""

DERIVED: Final = (AGGREGATE, NOTIFY)
"""The stages of which everything follows from the ledger; ingest also answers what it refuses."""

GROWING: Final = (TAKEN, REVISIONS)
"""Tables of ingest with as many fields as there are declarations: compared and restored piece by piece."""


UNTOLD: Final = (REFUSED, *PRIVATE)
"""Tables of ingest of which the ledger says nothing."""


class Replay(Generic[StateT]):
    """One stage, folded in memory."""

    def __init__(self, wiring: Wiring[StateT], rule: Rule[StateT], election: str) -> None:
        """Begin with nothing folded."""
        self.election = election
        self.rule = rule
        self.state = wiring.state(election)
        self.mark = Mark()
        """The numbers it has given."""
        self.tables: dict[str, Table] = {table.name: {} for table in wiring.tables}
        """What it keeps, as it keeps it on a server."""
        self.failed: list[tuple[str, str]] = []
        """Entries that its rule fails on, with the error."""
        self.wiring = replace(wiring, park=self._note)

    def fold(self, entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
        """Fold entries and return what is written for them, as stream and event."""
        batch = fold(self.wiring, self.rule, self.state, entries)
        events, self.mark = number(batch.emissions, self.election, self.wiring, self.mark)
        # As the commit does: a record that was published is kept as it was published, number and all.
        published = {id(out.event): event for out, event in zip(batch.emissions, events, strict=True)}
        for (table, field), value in batch.records.items():
            self.tables[table][field] = published.get(id(value)) or value.encode()
        for out, event in zip(batch.emissions, events, strict=True):
            yield out.stream, event

    def _note(self, _state: StateT, entry: Entry, error: Exception) -> Effects:
        self.failed.append((entry.id, f"{type(error).__name__}: {error}"))
        return Effects()


class IngestReplay:
    """What ingest remembers of a ledger; what there is one of for each entry is handed on, and only counted here."""

    def __init__(self, election: str) -> None:
        """Begin before the register."""
        self.intake = Intake(election)
        self.kept: dict[tuple[str, str], Storable] = {}
        """By table and field, but for the tables handed on."""
        self.sizes = dict.fromkeys(GROWING, 0)
        """Fields so far of the tables handed on."""
        self.size = 0
        self.signed = 0
        """Entries whose signature was checked."""
        self.signers: set[str] = set()
        """The keys that have signed them."""

    def fold(self, entries: Sequence[Entry]) -> dict[str, Table]:
        """Take the next entries of the ledger and return what ingest keeps of them in the tables that grow with it.

        Raises:
            Difference: ingest cannot have accepted one of them.
            Outdated: one of them is of a later release.
        """
        handed_on: dict[str, Table] = {table: {} for table in GROWING}
        for entry in entries:
            self.size += 1
            try:
                sent, appended = _sent(entry)
                remembered = readmit(self.intake, self.size, entry.fields[b"data"], sent)
            except NotFromIngest as error:
                where = entry_named(self.size, entry.id)
                raise Difference(where, f"Ingest cannot have accepted it: {str(error).rstrip('.')}.") from error
            except OfLaterRelease as unknown:
                raise Outdated(LEDGER.name, self.intake.election, str(unknown), RELEASE) from unknown
            self._keep(remembered, handed_on)
            signature = read_signature(str(appended.get("signature", "")))
            if self.intake.signed and signature is not None:
                self.signed += 1
                self.signers.add(signature.key_id)
        for table, fields in handed_on.items():
            self.sizes[table] += len(fields)
        return handed_on

    def _keep(self, remembered: Iterable[Remembered], handed_on: dict[str, Table]) -> None:
        for one in remembered:
            if one.table in GROWING:
                handed_on[one.table][one.field] = one.value.encode()
            elif one.table not in UNTOLD:
                self.intake.keep(one)
                self.kept[one.table, one.field] = one.value

    @property
    def tables(self) -> dict[str, Table]:
        """Its tables as they are kept on a server, but for those that grow with the ledger."""
        tables: dict[str, Table] = {table: {} for table in TABLES if table not in (*GROWING, *UNTOLD)}
        for (table, field), value in self.kept.items():
            tables[table][field] = value.encode()
        return tables


def operator_of(intake: Intake) -> str | None:
    """Return the id of the operator's key that the register names; None where it asks for no signatures."""
    register = intake.register
    if register is None or register.signatures == "none" or register.operator_key is None:
        return None
    public_key = read_public_key(register.operator_key)
    return None if public_key is None else thumbprint(public_key)


def _sent(entry: Entry) -> tuple[bytes, dict[str, Value]]:
    """Return what was sent of a ledger entry, and what is appended to it.

    Raises:
        NotFromIngest: nothing is.
    """
    sent, appended = split(entry.fields[b"data"])
    if not {"acceptedtime", "sequence"} <= appended.keys():
        raise NotFromIngest("it does not end in acceptedtime, sequence and chain")
    return sent, appended


def replays(election: str) -> tuple[IngestReplay, Replay[Standing], Replay[Memory]]:
    """Return the three stages of an election, with nothing folded."""
    return (
        IngestReplay(election),
        Replay(AGGREGATE, aggregate_ledger, election),
        Replay(NOTIFY, notify_of_results, election),
    )
