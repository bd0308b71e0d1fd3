"""One entry of the declarations stream: an event that can be true, or everything that keeps it from being one."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from pydantic import ValidationError

from schemas.events import OURS, DeclarationEvent, RegisterEvent
from schemas.receipt import Reason
from schemas.register import Contest, Register
from schemas.wire import NAME_LENGTH_MAX, has_invisible_character
from services.ingest.rules.checks.declaration import impossible
from services.ingest.rules.checks.kind import misfits
from services.ingest.rules.checks.register import misdirected, unamendable
from services.ingest.rules.checks.register_size import oversized
from services.ingest.rules.event import schema_faults as shape
from services.ingest.rules.event.decoding import read
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.event.schema_faults import MODELS, Sendable
from services.ingest.rules.limits import FAULTS_MAX
from services.ingest.rules.reasons.faults import Fault, fault, told
from services.ingest.rules.reasons.wording import DidYouMean, Loc, Shown

_NOTHING: Final[frozenset[Loc]] = frozenset()


class Examined:
    """What an entry turned out to be."""

    def __init__(
        self,
        event: Sendable | None,
        event_id: str | None,
        source: str | None,
        subject: str | None,
        reasons: tuple[Reason, ...],
    ) -> None:
        self.event: Final = event
        """The event, when nothing is wrong with it; else None."""
        self.event_id: Final = event_id
        """The sender's event id, where it could be read."""
        self.source: Final = source
        """The sender, where it could be read."""
        self.subject: Final = subject
        """What it is about, where it could be read: a ballot id, for a register the election."""
        self.reasons: Final = reasons
        """Everything that is wrong with it; empty when nothing is."""


def examine(fields: Mapping[bytes, bytes], election: str, register: Register | None) -> Examined:
    """Say what an entry is; anything at all may be in it.

    Args:
        fields: the entry's fields, as they came.
        election: id of the election whose stream it came on.
        register: the election's register as amended so far; None before it is loaded.
    """
    event, faults = read(fields)
    if event is None:
        return Examined(None, None, None, None, told(faults))
    model = _model(event)
    parsed: Sendable | None = None
    unread = _NOTHING
    try:
        parsed = model.model_validate(event)
    except ValidationError as error:
        if error.error_count() > FAULTS_MAX:
            return _examined(event, None, [fault("entry.too_many_faults", count=f"{error.error_count():,}")])
        found, unread = _misshapen(error, event, model, _contest(event, register))
        faults += found
    extensions = shape.extensions(event)
    if parsed is not None and (parsed.dataschema is not None or extensions):
        # The texts that the schema does not search for what cannot be seen.
        unsearched = {name: event[name] for name in ("dataschema", *extensions) if name in event}
        faults += shape.hidden(unsearched).values()
    faults += _envelope(event)
    if extensions:
        faults += shape.unfit_extensions(event, extensions, model)
    if _is_clear(event):
        faults += _content(Readable(event, model, unread), election, register)
    return _examined(event, parsed, faults)


def _examined(event: Mapping[str, Any], parsed: Sendable | None, faults: list[Fault]) -> Examined:
    if parsed is not None and not faults:
        return Examined(parsed, parsed.id, parsed.source, parsed.subject, ())
    return Examined(
        event=None,
        event_id=_identity(event.get("id")),
        source=_identity(event.get("source")),
        subject=_identity(event.get("subject")) or _identity(_data(event).get("ballot_id")),
        reasons=told(faults),
    )


def _model(event: Mapping[str, Any]) -> type[Sendable]:
    """Return the model of the event's type; of an unknown type, what it looks like."""
    stated = event.get("type")
    if isinstance(stated, str) and stated in MODELS:
        return MODELS[stated]
    return RegisterEvent if "contests" in _data(event) else DeclarationEvent


def _is_clear(event: Mapping[str, Any]) -> bool:
    """Whether its type, or else its look, says what ``data`` should be; if not, nothing can be said of it."""
    stated = event.get("type")
    known = isinstance(stated, str) and stated in MODELS
    return known or not _data(event).keys().isdisjoint(("contests", "votes"))


def _data(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event.get("data")
    return data if isinstance(data, dict) else {}


def _contest(event: Mapping[str, Any], register: Register | None) -> Contest | None:
    """Return the contest that ``data`` names or, where that leads nowhere, the subject."""
    if register is None:
        return None
    for stated in (_data(event).get("ballot_id"), event.get("subject")):
        if isinstance(stated, str) and stated in register.contests:
            return register.contests[stated]
    return None


def _identity(value: object) -> str | None:
    if isinstance(value, str) and 0 < len(value) <= NAME_LENGTH_MAX and not has_invisible_character(value):
        return value
    return None


def _misshapen(
    error: ValidationError, event: dict[str, Any], model: type[Sendable], contest: Contest | None
) -> tuple[list[Fault], frozenset[Loc]]:
    """Return what the schema found, in our words, and where nothing can be relied on."""
    hidden = shape.hidden(event)
    names = {} if contest is None else {key: candidate.name for key, candidate in contest.candidates.items()}
    faults = list(hidden.values())
    unread = set(chain.from_iterable(map(_with_its_list, hidden)))
    clear = _is_clear(event)
    for found in shape.objections(error):
        if (names and found.names_a_candidate()) or (len(found.loc) > 1 and not clear):
            continue
        if found.loc not in hidden and found.loc[0] not in OURS:
            faults.append(shape.misshapen(found, model, names))
        unread.update(_with_its_list(found.loc))
    return faults, frozenset(unread)


def _with_its_list(loc: Loc) -> tuple[Loc, ...]:
    """Return a location and, since a list with one item that cannot be read is not relied on, the list it is in."""
    return (loc, loc[:-1]) if isinstance(loc[-1], int) else (loc,)


def _envelope(event: Mapping[str, Any]) -> Iterator[Fault]:
    """Check what the schema leaves open: it also describes what is on the ledger, and knows defaults."""
    for name in ("specversion", "type"):
        if name not in event:
            yield shape.missing(name)
    for name in OURS:
        if name in event:
            yield fault(f"{name}.not_yours", name)


def _content(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """Check an event against the election it was sent to."""
    if sent.model is RegisterEvent:
        yield from misdirected(sent, election)
        yield from oversized(sent)
        yield from _rehearsal(sent, election, rehearsed=sent.truth("data", "test"))
        return
    yield from _whereabouts(sent, election, register)
    contest = _contest(sent.event, register)
    if sent.model is DeclarationEvent:
        kind, data = sent.kind(), sent.value("data")
        if kind is not None and isinstance(data, dict):
            yield from misfits(kind, data)
        yield from impossible(sent.figures(), contest)
    elif contest is not None and register is not None:
        yield from unamendable(sent, contest, register)
    if register is None:
        yield fault("register.not_loaded", election=election)
    else:
        yield from _rehearsal(sent, election, rehearsed=register.test)


def _rehearsal(sent: Readable, election: str, *, rehearsed: bool | None) -> Iterator[Fault]:
    """Keep a rehearsal from being published as real, and the reverse."""
    match sent.truth("test"), rehearsed:
        case True, False:
            yield fault("test.rehearsal_in_live", "test", election=election)
        case False, True:
            yield fault("test.live_in_rehearsal", "test", election=election)


def _whereabouts(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """Check that the event is about one contest of this election."""
    subject, ballot_id = sent.text("subject"), sent.text("data", "ballot_id")
    if ballot_id is None:
        return
    if subject is not None and subject != ballot_id:
        facts = {"subject": Shown(subject), "ballot_id": Shown(ballot_id)}
        yield fault("subject.not_the_contest", "subject", **facts)
    if register is not None and ballot_id in register.contests:
        return
    kind, _, day = election.rpartition(".")
    if not (ballot_id.startswith(f"{kind}.") and ballot_id.endswith(f".{day}")):
        yield fault("contest.other_election", "data", "ballot_id", value=Shown(ballot_id), election=election)
    elif register is not None:
        hint = DidYouMean(ballot_id, register.contests)
        yield fault("contest.unknown", "data", "ballot_id", value=Shown(ballot_id), election=election, hint=hint)
