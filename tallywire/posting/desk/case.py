"""A contest as the desk has it in hand: what is held beside what else is known, and what somebody may do about it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from schemas.declaration import DeclaredFigures
from schemas.events import DeclarationEvent, ResultEvent
from schemas.receipt import Reason
from schemas.register import Contest
from services.ingest.rules.authority import ROLES
from services.ingest.rules.entry import read_entry
from services.ingest.rules.signed_state import Unpublished
from services.rules.systems.count import TieWithoutLot
from services.rules.winners import count_of, elected_of
from tallywire.desk.history import Happening, History
from tallywire.pages.numbers import UNKNOWN, clock, signed, thousands
from tallywire.posting.desk.rights import may, sees_all
from tallywire.posting.desk.watch import DECISIONS, Seen
from tallywire.posting.sessions import SignedIn


@dataclass(frozen=True, slots=True)
class Column:
    """Figures of one source."""

    title: str
    by: str
    figures: Mapping[str, str]
    """By the key of their row, as they are shown."""
    numbers: Mapping[str, int]
    """The same, those that are numbers."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: one figure in all columns."""

    title: str
    cells: tuple[str, ...]
    differ: str | None
    """By how much the second differs from the first; None where it does not, or there is no second."""
    total: bool
    """Whether it is a sum, or what follows from the rest."""


@dataclass(frozen=True, slots=True)
class Way:
    """Something that somebody may do."""

    key: str
    label: str
    says: str
    """What it will do."""
    event: str
    """The message, as JSON: its type and data. The reason is put in, and what the form below asks for."""
    form: str = ""
    """The form that asks for more."""


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A declaration that is held."""

    hold: int
    revision: int
    since: str
    under_review: bool
    reasons: tuple[Reason, ...]
    sender: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    ways: tuple[Way, ...]
    own: tuple[str, ...]
    """Who can decide nothing about it: its sender, and who has typed it."""
    mine: bool
    """Whether that is who looks."""
    readable: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a contest's history, in words."""

    time: str
    what: str
    who: str
    reason: str
    figures: str
    private: bool
    """Whether the figures are not public."""


@dataclass(frozen=True, slots=True)
class Case:
    """A contest in hand."""

    ballot_id: str
    contest: Contest
    holds: tuple[HeldCase, ...]
    result: ResultEvent | None
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    """What is published, beside last time's; shown where nothing is held."""
    ways: tuple[Way, ...]
    history: tuple[Told, ...]
    next_revision: int
    fields: tuple[tuple[str, str, int | None], ...]
    """Of a correction: each candidate's id and name, with the votes that stand."""


def state_of(seen: Seen, ballot_id: str) -> object:
    """Return what is another value once anything has happened about a contest."""
    stored, waits = seen.looked.stored, seen.looked.waits
    result = seen.looked.results.get(ballot_id)
    return (
        tuple((place, hold.end) for place, hold in stored.holds.items() if hold.ballot_id == ballot_id),
        None if result is None else (result.id, result.sequence),
        tuple((one.sender, one.count, one.mended) for one in waits.refused if one.subject == ballot_id),
        tuple(
            (key, tuple(entry.digest for entry in found))
            for key, found in (stored.entries or {}).items()
            if key[0] == ballot_id
        ),
        seen.looked.contests.get(ballot_id),
    )


def case_of(seen: Seen, who: SignedIn, ballot_id: str, found: History) -> Case:
    """Return a contest in hand, as somebody may see it."""
    contest, result = seen.looked.contests[ballot_id], seen.looked.results.get(ballot_id)
    revisions = [each.revision for each in found.happenings if each.revision is not None and each.what != "entry"]
    next_revision = max([*revisions, 0 if result is None else result.data.revision]) + 1
    columns = tuple(column for column in (_published(contest, result), _last_time(contest)) if column is not None)
    return Case(
        ballot_id=ballot_id,
        contest=contest,
        holds=tuple(_holds(seen, who, ballot_id)),
        result=result,
        columns=columns,
        lines=_lines(contest, columns),
        ways=tuple(_ways(who, contest, ballot_id, result, next_revision)),
        history=tuple(_told(each, contest) for each in reversed(found.happenings)),
        next_revision=next_revision,
        fields=tuple(_fields(contest, result)),
    )


def _holds(seen: Seen, who: SignedIn, ballot_id: str) -> Iterator[HeldCase]:
    stored, contest = seen.looked.stored, seen.looked.contests[ballot_id]
    result = seen.looked.results.get(ballot_id)
    for place, hold in sorted(stored.holds.items()):
        if hold.ballot_id != ballot_id or hold.end is not None:
            continue
        waiting = (stored.held or {}).get(place)
        if waiting is None:
            yield HeldCase(
                place, hold.revision, hold.time, hold.under_review, (), "", (), (), (), (), mine=False, readable=False
            )
            continue
        declared = DeclarationEvent.model_validate_json(waiting.sent).data
        typed = (stored.entries or {}).get((ballot_id, hold.revision), ())
        behind = (waiting.person, *(one.person for one in typed if one.digest in (declared.entries or ())))
        own = tuple(dict.fromkeys(behind))
        sent = _declared("As sent", _by(waiting), contest, declared)
        columns = [sent, *_second(who, contest, declared, typed, result), _last_time(contest)]
        known = tuple(column for column in columns if column is not None)
        yield HeldCase(
            hold=place,
            revision=hold.revision,
            since=hold.time,
            under_review=hold.under_review,
            reasons=waiting.reasons,
            sender=_person(waiting.person, stored.roles().get(waiting.person)),
            columns=known,
            lines=_lines(contest, known),
            ways=tuple(_decisions(who, contest, ballot_id, place, declared)),
            own=own,
            mine=who.person in own,
            readable=True,
        )


def _second(
    who: SignedIn,
    contest: Contest,
    declared: DeclaredFigures,
    typed: Sequence[Unpublished],
    result: ResultEvent | None,
) -> Iterator[Column | None]:
    """Yield the other readings: what another person has typed, where that differs, and what is published."""
    for one in typed:
        read = read_entry(one)
        # To whoever may still have to type it, what another has typed stays unknown.
        if sees_all(who) and read.figures() != declared.figures():
            yield _declared("Typed", _by(one), contest, read)
            break
    yield _published(contest, result)


def _by(waiting: Unpublished) -> str:
    return f"{waiting.person}, {clock(waiting.time)}"


def _declared(title: str, by: str, contest: Contest, declared: DeclaredFigures) -> Column:
    votes = declared.votes or {}
    numbers: dict[str, int] = {f"votes.{each}": votes[each] for each in contest.candidates if each in votes}
    numbers |= {f"final.{each}": count for each, count in (declared.final_round or {}).items()}
    if declared.votes is not None:
        numbers["valid"] = sum(votes.values())
    for name in ("rejected", "papers"):
        value = getattr(declared, name)
        if value is not None:
            numbers[name] = value
    elected, most = elected_of(contest, declared), _most_votes(contest, declared)
    words = {"elected": _names(contest, elected), "lot": _names(contest, declared.lot or ())}
    if most and set(most) != set(elected):
        words["most"] = _names(contest, most)
    return _column(title, by, numbers, words)


def _most_votes(contest: Contest, declared: DeclaredFigures) -> tuple[str, ...]:
    """Return who has most votes; empty where votes are equal at the last seat, or there are none."""
    try:
        return count_of(contest, declared).elected if declared.votes else ()
    except TieWithoutLot:
        return ()


def _published(contest: Contest, result: ResultEvent | None) -> Column | None:
    if result is None:
        return None
    data = result.data
    numbers = {f"votes.{one.candidate}": one.votes for one in data.candidates if one.votes is not None}
    numbers |= {f"final.{one.candidate}": one.final_votes for one in data.candidates if one.final_votes is not None}
    for name, value in (("valid", data.valid_votes), ("rejected", data.rejected)):
        if value is not None:
            numbers[name] = value
    if data.valid_votes is not None and data.rejected is not None:
        numbers["papers"] = data.valid_votes + data.rejected
    words = {"elected": _names(contest, data.elected), "lot": _names(contest, data.elected) if data.lot else ""}
    return _column("Published now", f"revision {data.revision}, {data.kind}", numbers, words)


def _last_time(contest: Contest) -> Column | None:
    before = contest.previous_votes
    if before is None:
        return None
    standing = [candidate.party for candidate in contest.candidates.values()]
    figures: dict[str, str] = {}
    for key, candidate in contest.candidates.items():
        # Last time's votes are a party's: where two stand for one, nobody knows whose they were.
        alone = standing.count(candidate.party) == 1
        figures[f"votes.{key}"] = thousands(before.get(candidate.party)) if alone else UNKNOWN
    return Column("Last time", "by party", figures | {"valid": thousands(sum(before.values()))}, {})


def _column(title: str, by: str, numbers: Mapping[str, int], words: Mapping[str, str]) -> Column:
    return Column(title, by, {name: thousands(value) for name, value in numbers.items()} | dict(words), numbers)


_TOTALS: Final = {
    "valid": "Valid votes",
    "rejected": "Rejected",
    "papers": "Papers verified",
    "elected": "Declared elected",
    "most": "Most votes",
    "lot": "Drawn by lot",
}


def _lines(contest: Contest, columns: Sequence[Column]) -> tuple[Line, ...]:
    titles = {f"votes.{key}": candidate.name for key, candidate in contest.candidates.items()}
    titles |= {f"final.{key}": f"{candidate.name}, final round" for key, candidate in contest.candidates.items()}
    found = []
    for key, title in (titles | _TOTALS).items():
        said = [column.figures.get(key, "") for column in columns]
        if not any(said) and not key.startswith("votes."):
            continue
        found.append(Line(title, tuple(each or UNKNOWN for each in said), _differ(columns, key), key in _TOTALS))
    return tuple(found)


def _differ(columns: Sequence[Column], key: str) -> str | None:
    """Return by how much the second column differs from the first; that of last time is none of two readings."""
    if len(columns) < 2 or columns[1].title == "Last time":  # noqa: PLR2004  # two
        return None
    first, second = (column.figures.get(key, "") for column in columns[:2])
    if first == second or not first or not second:
        return None
    numbers = [column.numbers.get(key) for column in columns[:2]]
    return "differs" if numbers[0] is None or numbers[1] is None else signed(numbers[1] - numbers[0])


def _decisions(who: SignedIn, contest: Contest, ballot_id: str, hold: int, declared: DeclaredFigures) -> Iterator[Way]:
    if not may(who, "confirm", ballot_id):
        return
    elected = _names(contest, elected_of(contest, declared))
    outcome = f"{elected} elected in {contest.name}" if elected else f"{contest.name} as {declared.kind}"
    for decision, label, says in (
        ("return", "Return to the hall", "Nothing is published. The sender is told your reason, and looks again."),
        ("confirm", "Confirm as sent", f"Publishes {outcome}, with the figures as sent."),
        ("reject", "Reject", "Closes it. Nothing is published, and the sender's receipt says refused."),
    ):
        data = {"ballot_id": ballot_id, "hold": hold, "decision": decision}
        yield Way(f"{decision}-{hold}", label, says, _event("confirmation", data))


def _ways(who: SignedIn, contest: Contest, ballot_id: str, result: ResultEvent | None, revision: int) -> Iterator[Way]:
    """Yield what may be done about a contest, besides deciding on what is held."""

    def declares(kind: str, label: str, says: str, form: str = "") -> Way:
        data = {"ballot_id": ballot_id, "revision": revision, "kind": kind}
        return Way(kind, label, says, _event("declaration", data), form)

    stands = result is not None and (result.data.counts or bool(result.data.elected))
    if stands and may(who, "withdraw", ballot_id):
        yield declares("withdrawn", "Withdraw", "At once: the figures are taken down, and the board says withdrawn.")
    if may(who, "recount", ballot_id):
        yield declares("recount", "Mark as recount", "The board says recount; the hall sends its figures again.")
    simple = contest.voting_system == "first-past-the-post" and not contest.areas
    if result is not None and simple and who.role == "desk" and may(who, "declare", ballot_id):
        says = f"Sends revision {revision}. It is always held: another person has to confirm it."
        yield declares("declared", "Correct", says, "correct")
    if may(who, "amend", ballot_id):
        yield declares("postponed", "Postpone", "The board says that the poll is put off; nothing is awaited.")
        yield declares("countermanded", "Countermand", "The poll is called off, as when a candidate has died.")
        yield declares("annulled", "Annul", "A court has voided the election: nobody is elected.")
        yield Way(
            "amend",
            "Amend the register",
            f"Changes what is known of {contest.name}, from now on.",
            _event("amendment", {"ballot_id": ballot_id}),
            "amend",
        )


def _event(kind: str, data: Mapping[str, object]) -> str:
    return json.dumps({"type": kind, "data": data}, ensure_ascii=False)


def _fields(contest: Contest, result: ResultEvent | None) -> Iterator[tuple[str, str, int | None]]:
    votes = {} if result is None else {one.candidate: one.votes for one in result.data.candidates}
    for key, candidate in contest.candidates.items():
        yield key, candidate.name, votes.get(key)


_WHAT: Final = {
    "register": "In the register",
    "amendment": "Register amended",
    "entry": "Figures typed",
    "entered": "Figures typed, waiting for another person's",
    "refused": "Refused",
    "duplicate": "Sent again",
}


def _told(each: Happening, contest: Contest) -> Told:
    what = _WHAT.get(each.what, each.kind or each.what)
    if each.what == "hold":
        what = f"Held as hold {each.hold}" + (f", since then {DECISIONS[each.kind].lower()}" if each.kind else "")
    elif each.what == "confirmation":
        what = f"{DECISIONS.get(each.kind or '', each.kind)}: hold {each.hold}"
    elif each.what == "declaration":
        what = f"{(each.kind or 'declared').capitalize()}, revision {each.revision}"
    who = _person(each.person, each.role) if each.person else f"{each.source}, as it says" if each.source else ""
    if each.confirmed_by is not None:
        who = f"{who}; confirmed by {each.confirmed_by}"
    reason = each.reason or " ".join(one.message for one in each.reasons)
    data = dict(each.data or {})
    reason = str(data.pop("reason", reason) or reason)
    return Told(each.time, what, who, reason, _words(data, contest), private=not each.published and bool(data))


def _words(data: Mapping[str, Any], contest: Contest) -> str:
    """Return what a message says in one line, candidates by their names."""
    names = {key: candidate.name for key, candidate in contest.candidates.items()}

    def said(value: object) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{names.get(name, name)} {said(one)}" for name, one in value.items())
        if isinstance(value, list | tuple):
            return ", ".join(map(said, value))
        if isinstance(value, int) and not isinstance(value, bool):
            return thousands(value)
        return names.get(str(value), str(value))

    hidden = ("kind", "entries", "declared_at", "returning_officer")
    return "; ".join(f"{name.replace('_', ' ')}: {said(value)}" for name, value in data.items() if name not in hidden)


def _names(contest: Contest, candidates: Sequence[str]) -> str:
    return ", ".join(contest.candidates[each].name if each in contest.candidates else each for each in candidates)


def _person(person: str | None, role: str | None) -> str:
    words: Mapping[str, str] = {str(name): said for name, said in ROLES.items()}
    return f"{person}, {words[role]}" if role is not None and role in words else str(person)
