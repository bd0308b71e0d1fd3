"""Figures that a person has typed: how they are examined, how two people's are compared, and how they are cited."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple, TypeGuard

from schemas.declaration import DeclaredFigures
from schemas.events import DeclarationEvent, EntryEvent
from schemas.register import Register
from services.ingest.rules.checks.signed_only import check_signed_only
from services.ingest.rules.declaration import check_declaration
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import Intake, Remembered, revision_key
from services.ingest.rules.meaning import meaning, source_digest
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.signed_state import Unpublished

CITED: Final = 2
"""Entries that a declaration rests on: two people's."""


def check_entry(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The figures can be true, as those of a declaration."""
    if register is None or register.signatures == "none":
        yield from check_signed_only(sent, election, register)
        return
    yield from check_declaration(sent, election, register)


def accept_entry(_intake: Intake, _event: EntryEvent, _sequence: int) -> tuple[Remembered, ...]:
    """Remember nothing of an entry that is on the ledger; the declaration that cites it is what counts."""
    return ()


def differences(one: DeclaredFigures, other: DeclaredFigures) -> tuple[str, ...]:
    """Return the paths of the figures that two entries do not share, without saying either figure.

    Only where they differ is said: whoever sees it has to look at the paper again, and favours neither side.
    """
    left, right = (entry.model_dump(mode="json", exclude={"ballot_id", "revision"}) for entry in (one, other))
    return tuple(sorted(differing(left, right, "data")))


def differing(one: object, other: object, path: str) -> Iterator[str]:
    """Yield the paths at which two JSON values differ; one that is left out is the same as null."""
    if one == other:
        return
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in one.keys() | other.keys():
            yield from differing(one.get(name), other.get(name), f"{path}.{name}")
    elif _are_parts(one) and _are_parts(other):
        for place, parts in enumerate(zip_longest(one, other)):
            yield from differing(*parts, f"{path}.{place}")
    else:
        yield path


def _are_parts(value: object) -> TypeGuard[Sequence[object]]:
    """Whether a JSON value is an array of objects: areas, or stages of a count."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def cited(intake: Intake, event: DeclarationEvent) -> tuple[Unpublished, ...] | Fault:
    """Return the entries that a declaration cites; none where it cites none.

    They are two different people's, and of the figures that are declared.
    """
    digests = event.data.entries
    if digests is None:
        return ()
    loc = ("data", "entries")
    if len(set(digests)) != CITED:
        return fault("entries.not_two", *loc)
    typed = intake.entries.get(revision_key(event.data.ballot_id, event.data.revision), {})
    by_digest = {entry.digest: entry for entry in typed.values()}
    # In the order of citing: that of the table is another one after a restart.
    found = tuple(by_digest[digest] for digest in digests if digest in by_digest)
    if len(found) != CITED:
        return fault("entries.unknown", *loc)
    if any(digests_of(entry).figures != event.data.figures_digest for entry in found):
        return fault("entries.other_figures", *loc)
    return found


class Digests(NamedTuple):
    """What an entry is compared by and, once it is cited, known again by."""

    figures: str
    """``DeclaredFigures.figures_digest``."""
    says: str
    """``meaning``."""
    source: str
    """``source_digest``."""

    @classmethod
    def of(cls, event: EntryEvent) -> "Digests":
        """Return those of the event with which somebody has sent what they have typed."""
        return cls(event.data.figures_digest, meaning(event), source_digest(event.source))


def digests_of(entry: Unpublished) -> Digests:
    """Return the digests of what somebody has typed. They are kept: to read thousands of figures takes milliseconds."""
    return Digests(*entry.figures.split()) if entry.figures else Digests.of(event_of_entry(entry))


def read_entry(entry: Unpublished) -> DeclaredFigures:
    """Return what somebody has typed."""
    return event_of_entry(entry).data


def event_of_entry(entry: Unpublished) -> EntryEvent:
    """Return the event with which somebody has sent what they have typed."""
    return EntryEvent.model_validate_json(entry.sent)
