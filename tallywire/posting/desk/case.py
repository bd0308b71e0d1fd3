"""A contest as the desk has it in hand: what is held beside what else is known, and what somebody may do about it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from schemas.declaration import DeclaredFigures, Stage
from schemas.events import DeclarationEvent, ResultEvent
from schemas.receipt import Reason
from schemas.register import Contest
from schemas.result import StageResult
from services.ingest.rules.authority import ROLES
from services.ingest.rules.entry import digests_of, read_entry
from services.ingest.rules.signed_state import Unpublished
from services.rules.systems.count import TieWithoutLot
from services.rules.winners import count_of, elected_of
from tallywire.desk.history import Happening, History
from tallywire.desk.words import MOST_VOTES, elected_in_words, names
from tallywire.pages.numbers import MINUS, UNKNOWN, clock, signed, thousands
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
class StageLines:
    """One stage of a count by single transferable vote, as the columns have it."""

    number: int
    done: str
    """What was done, by the first column that has the stage."""
    lines: tuple[Line, ...]
    differing: int
    """How many lines differ between the first two columns."""


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
    stages: tuple[StageLines, ...]
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
    stages: tuple[StageLines, ...]
    """The same of each stage of a count by single transferable vote."""
    ways: tuple[Way, ...]
    history: tuple[Told, ...]
    next_revision: int
    correction: str
    """What the page on which figures are entered begins a correction with, as JSON: the next revision, and the figures
    that stand as they were declared; null where no figures stand."""


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
        lines=lines_of(contest, columns),
        stages=stages_of(contest, columns),
        ways=tuple(_ways(who, contest, ballot_id, result, next_revision)),
        history=tuple(_told(each, contest) for each in reversed(found.happenings)),
        next_revision=next_revision,
        correction=_correction(found, result, next_revision),
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
                place,
                hold.revision,
                hold.time,
                hold.under_review,
                (),
                "",
                (),
                (),
                (),
                (),
                (),
                mine=False,
                readable=False,
            )
            continue
        declared = DeclarationEvent.model_validate_json(waiting.sent).data
        typed = (stored.entries or {}).get((ballot_id, hold.revision), ())
        behind = (waiting.person, *(one.person for one in typed if one.digest in (declared.entries or ())))
        own = tuple(dict.fromkeys(behind))
        sent = declared_column("As sent", _by(waiting), contest, declared)
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
            lines=lines_of(contest, known),
            stages=stages_of(contest, known),
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
        # To whoever may still have to type it, what another has typed stays unknown.
        if sees_all(who) and digests_of(one).figures != declared.figures_digest:
            yield declared_column("Typed", _by(one), contest, read_entry(one))
            break
    yield _published(contest, result)


def _by(waiting: Unpublished) -> str:
    return f"{waiting.person}, {clock(waiting.time)}"


def declared_column(title: str, by: str, contest: Contest, declared: DeclaredFigures) -> Column:
    """Return what a declaration says, or what somebody has typed, as a column."""
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
    words = {
        "elected": elected_in_words(contest, declared.elected or elected),
        "lot": names(contest, declared.lot or ()),
    }
    words |= _seats(contest, declared.elected or ())
    if declared.quota is not None:
        numbers["quota"] = declared.quota
    for number, stage in enumerate(declared.stages or (), 2):
        words |= _stage(contest, number, stage)
    if most and set(most) != set(elected):
        words["most"] = names(contest, most)
    return _column(title, by, numbers, words)


def _seats(contest: Contest, elected: Sequence[str]) -> dict[str, str]:
    """Return who has which seat of a contest by list, by the key of its row."""
    if not contest.by_list:
        return {}
    return {f"seat.{place}": names(contest, (each,)) for place, each in enumerate(elected, 1)}


def _stage(contest: Contest, number: int, stage: Stage | StageResult) -> dict[str, str]:
    """Return the figures of a stage as words, by the keys of their rows; whoever is excluded has none."""
    key = f"stage.{number}"
    words = {f"{key}.did": f"{stage.action.capitalize()} of {names(contest, stage.of)}"}
    words |= {f"{key}.total.{each}": _exact(votes) for each, votes in stage.totals.items() if Fraction(votes)}
    if stage.non_transferable is not None:
        words[f"{key}.left"] = _exact(stage.non_transferable)
    if stage.lot:
        words[f"{key}.lot"] = names(contest, stage.lot)
    return words


def _exact(votes: str) -> str:
    """Return votes with fractions as they are shown: 806.07214, 12.4, 1,234; the same votes always in the same way."""
    whole, _, fraction = votes.partition(".")
    fraction = fraction.rstrip("0")
    return thousands(int(whole)) + (f".{fraction}" if fraction else "")


def stages_of(contest: Contest, columns: Sequence[Column]) -> tuple[StageLines, ...]:
    """Return the stages of a count by single transferable vote, with what each column says of them."""
    last = max((int(key.split(".")[1]) for column in columns for key in column.figures if _is_stage(key)), default=1)
    found = []
    for number in range(2, last + 1):
        # Where all say the same, the heading has said it.
        titles = {f"stage.{number}.did": "What was done"} if _apart(columns, f"stage.{number}.did") else {}
        titles |= {f"stage.{number}.total.{key}": candidate.name for key, candidate in contest.candidates.items()}
        titles |= {f"stage.{number}.left": "Not transferable", f"stage.{number}.lot": "Drawn by lot"}
        shown = [(key, title) for key, title in titles.items() if any(column.figures.get(key) for column in columns)]
        with_stages = [column for column in columns if column.title != _LAST_TIME]
        lines = tuple(
            Line(
                title,
                tuple(column.figures.get(key) or UNKNOWN for column in with_stages),
                _apart(columns, key),
                total=False,
            )
            for key, title in shown
        )
        done = next(filter(None, (column.figures.get(f"stage.{number}.did") for column in columns)), "")
        found.append(StageLines(number, done, lines, sum(line.differ is not None for line in lines)))
    return tuple(found)


def _is_stage(key: str) -> bool:
    return key.startswith("stage.")


def _apart(columns: Sequence[Column], key: str) -> str | None:
    """Return by how much the second column's figure of a stage differs from the first; None where either has no such.

    A stage that one of them does not have at all, as a count that has gone on, is no difference.
    """
    if len(columns) < 2 or columns[1].title == _LAST_TIME:  # noqa: PLR2004  # two
        return None
    first, second = columns[:2]
    did = ".".join(key.split(".")[:2]) + ".did"
    if did not in first.figures or did not in second.figures:
        return None
    one, other = first.figures.get(key, ""), second.figures.get(key, "")
    if one == other:
        return None
    try:
        by = Fraction(other.replace(",", "") or "0") - Fraction(one.replace(",", "") or "0")
    except ValueError:
        return "differs"
    return f"{'+' if by > 0 else MINUS}{_exact(format(abs(float(by)), '.5f'))}"


def _most_votes(contest: Contest, declared: DeclaredFigures) -> tuple[str, ...]:
    """Return who has most votes; empty where votes are equal at the last seat, or there are none."""
    if contest.voting_system not in MOST_VOTES:
        return ()
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
    words = {"elected": elected_in_words(contest, data.elected)}
    if data.lot and not contest.by_list:
        words["lot"] = names(contest, data.elected)
    if contest.by_list:
        given = () if data.allocation is None else tuple(each.list for each in data.allocation.seats)
        words |= _seats(contest, given or data.elected)
    if data.quota is not None:
        numbers["quota"] = data.quota
    for stage in data.stages or ():
        words |= _stage(contest, stage.stage, stage)
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
    return Column(_LAST_TIME, "by party", figures | {"valid": thousands(sum(before.values()))}, {})


def _column(title: str, by: str, numbers: Mapping[str, int], words: Mapping[str, str]) -> Column:
    return Column(title, by, {name: thousands(value) for name, value in numbers.items()} | dict(words), numbers)


_LAST_TIME: Final = "Last time"
"""The column of last time's votes."""

_TOTALS: Final = {
    "valid": "Valid votes",
    "quota": "Quota",
    "rejected": "Rejected",
    "papers": "Papers verified",
    "elected": "Declared elected",
    "most": "Most votes",
    "lot": "Drawn by lot",
}


def lines_of(contest: Contest, columns: Sequence[Column]) -> tuple[Line, ...]:
    """Return a row for each figure that a column states."""
    titles = {f"votes.{key}": candidate.name for key, candidate in contest.candidates.items()}
    titles |= {f"final.{key}": f"{candidate.name}, final round" for key, candidate in contest.candidates.items()}
    if contest.by_list:
        titles |= {f"seat.{place}": f"Seat {place}" for place in range(1, contest.seats + 1)}
    found = []
    for key, title in (titles | _TOTALS).items():
        said = [column.figures.get(key, "") for column in columns]
        if not any(said) and not key.startswith("votes."):
            continue
        found.append(Line(title, tuple(each or UNKNOWN for each in said), _differ(columns, key), key in _TOTALS))
    return tuple(found)


def _differ(columns: Sequence[Column], key: str) -> str | None:
    """Return by how much the second column differs from the first; that of last time is none of two readings."""
    if len(columns) < 2 or columns[1].title == _LAST_TIME:  # noqa: PLR2004  # two
        return None
    first, second = (column.figures.get(key, "") for column in columns[:2])
    if first == second or not first or not second:
        return None
    numbers = [column.numbers.get(key) for column in columns[:2]]
    return "differs" if numbers[0] is None or numbers[1] is None else signed(numbers[1] - numbers[0])


def _decisions(who: SignedIn, contest: Contest, ballot_id: str, hold: int, declared: DeclaredFigures) -> Iterator[Way]:
    if not may(who, "confirm", ballot_id):
        return
    elected = elected_in_words(contest, declared.elected or elected_of(contest, declared))
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
    if result is not None and who.role == "desk" and may(who, "declare", ballot_id):
        says = f"Opens it with all its fields, as revision {revision}. It is held: another person has to confirm it."
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


def _correction(found: History, result: ResultEvent | None, revision: int) -> str:
    """Return what a correction begins with: the declaration that stands."""
    standing = None if result is None else (result.data.revision, result.data.kind)
    declared = next(
        (
            one.data
            for one in reversed(found.happenings)
            if one.what == "declaration" and standing == (one.revision, one.kind) and one.kind in _WITH_FIGURES
        ),
        None,
    )
    figures = None
    if declared is not None and result is not None:
        said = {name: value for name, value in declared.items() if name in DeclaredFigures.model_fields}
        figures = said | {"kind": result.data.kind}
    return json.dumps({"revision": revision, "figures": figures}, ensure_ascii=False)


_WITH_FIGURES: Final = ("declared", "stage")
"""Kinds of a declaration that have figures which can be corrected."""


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
    by_id = {key: candidate.name for key, candidate in contest.candidates.items()}

    def said(value: object) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{by_id.get(name, name)} {said(one)}" for name, one in value.items())
        if isinstance(value, list | tuple):
            return ", ".join(map(said, value))
        if isinstance(value, int) and not isinstance(value, bool):
            return thousands(value)
        return by_id.get(str(value), str(value))

    stages = data.get("stages")
    if stages:
        data = {**data, "stages": f"{len(stages)} after the first preferences"}
    hidden = ("kind", "entries", "declared_at", "returning_officer")
    return "; ".join(f"{name.replace('_', ' ')}: {said(value)}" for name, value in data.items() if name not in hidden)


def _person(person: str | None, role: str | None) -> str:
    words: Mapping[str, str] = {str(name): said for name, said in ROLES.items()}
    return f"{person}, {words[role]}" if role is not None and role in words else str(person)
