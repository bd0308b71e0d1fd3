"""What is printed of the results desk: what waits, the history of a contest, and what is held."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Final

from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.text import Text

from schemas.receipt import Reason
from schemas.register import Contest
from services.ingest.rules.authority import ROLES
from tallywire.cli.screen import plain, reason_line, write_values
from tallywire.cli.table import Column, FittedTable, Hanging
from tallywire.client.errors import UsageError
from tallywire.client.turned_away import TurnedAway
from tallywire.desk.decision import HeldMessage
from tallywire.desk.history import Happening, History
from tallywire.desk.overview import Desk, ElectionDesk, HeldDeclaration, Misdirected, Overdue, TypedFigures
from tallywire.desk.refusals import Refused
from tallywire.desk.words import elected_in_words

SHOWN_MAX: Final = 20
"""Lines of one kind on the screen; how many more there are is said, and `--json` has them all."""

_NOT_PRIVATE: Final = "not to be read by this user of the server"

_FRACTION: Final = re.compile(r"\.[0-9]+")
"""Of a second."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

_DECISIONS: Final = {
    "confirm": "confirmed",
    "reject": "rejected",
    "return": "returned to its sender",
    "superseded": "overtaken by a higher revision",
}

_FIGURES: Final = (
    Column("candidate"),
    Column("votes", figures=True),
    Column("published", figures=True),
    Column("elected"),
)


def as_json(value: Any) -> Any:  # noqa: ANN401  # any value of ours
    """Return a value as JSON can say it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {name: as_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return value


def print_desk(found: Desk, console: Console, *, programs: bool) -> None:
    """Print all that waits.

    Args:
        found: what waits.
        console: where people read it.
        programs: write it as one JSON value instead.
    """
    if programs:
        write_values([as_json(found)])
        return
    for each in found.elections:
        console.print(*_election_lines(each), sep="\n")
        console.print()
    if found.misdirected:
        console.print(*_section("Sent to elections that are not loaded", found.misdirected, _misdirected), sep="\n")
        console.print()
    elif found.misdirected is None:
        console.print(Text(f"Declarations for elections that are not loaded: {_NOT_PRIVATE}.", "dim"))
    console.print(Text(f"As of {_clock(found.time)} by the server's clock.", "dim"))


def _election_lines(desk: ElectionDesk) -> Iterator[RenderableType]:
    yield Text(plain(f"{desk.name or 'No register yet'} ({desk.election})"), "bold underline")
    if desk.test:
        yield Text("REHEARSAL", "bold reverse")
    waiting = [each for each in desk.refused if not each.mended]
    counts = {
        "held": len(desk.held),
        "refused": len(waiting),
        "overdue": len(desk.overdue),
        "under review": len(desk.under_review),
        "typed": None if desk.entries is None else len(desk.entries),
        "parked": len(desk.parked),
    }
    line = Text()
    for name, count in counts.items():
        style = "bold red" if count else "green" if count == 0 else "yellow"
        line.append("   " if line.plain else "").append("?" if count is None else str(count), style).append(f" {name}")
    yield line
    if not desk.signed:
        yield Hanging(
            "", Text("Unsigned: this election does not ask for signatures. Nobody knows who sent what.", "yellow")
        )
    if not desk.private and desk.signed:
        yield Hanging("", Text(f"What is held, and what people have typed, is {_NOT_PRIVATE}.", "yellow"))
    yield from _section("Held", desk.held, _held)
    if desk.held:
        command = f"tallywire desk confirm|reject|return HOLD --election {desk.election} --key FILE"
        yield Hanging("  ", Text(f"To decide: {command}", "dim"))
    yield from _section("Under review", desk.under_review, _under_review)
    yield from _section("Overdue", desk.overdue, _overdue)
    yield from _section("Typed and not declared", desk.entries or (), _typed)
    yield from _section("Refused, and not mended since", waiting, _refused)
    mended = len(desk.refused) - len(waiting)
    if mended:
        whose = "1 more sender has" if mended == 1 else f"{mended} more senders have"
        yield Text(f"  {whose} since sent what was taken, or is held.", "dim")
    if desk.refused_earlier:
        yield Text(f"  {desk.refused_earlier:,} earlier refusals were not looked at: tallywire receipts.", "dim")
    yield from _section("Turned away over HTTP, because of the signature", desk.turned_away or (), _turned_away)
    yield from _section(
        "Parked, by a fault of Tallywire (see tallywire parked)",
        desk.parked,
        lambda each: [Hanging("  ", Text(plain(f"{each.stage}, {each.stream} {each.entry_id}: {each.reason}")))],
    )


def _section(
    title: str, found: Sequence[Any], lines_of: Callable[[Any], Iterable[RenderableType]]
) -> Iterator[RenderableType]:
    """Yield a title and what is below it; nothing where there is nothing."""
    if not found:
        return
    yield Text(f"\n{title}", "bold")
    for each in found[:SHOWN_MAX]:
        yield from lines_of(each)
    if len(found) > SHOWN_MAX:
        yield Text(f"  and {len(found) - SHOWN_MAX:,} more: --json has them all", "yellow")


def _held(each: HeldDeclaration) -> Iterator[RenderableType]:
    by = _NOT_PRIVATE if each.person is None else _person(each.person, each.role)
    line = Text.assemble((f"hold {each.hold}", "bold"), "  ", plain(f"{each.contest}, revision {each.revision}"))
    line.append(f", for {age(each.waits_s)} (since {_clock(each.since)}), sent by {plain(by)}", "dim")
    yield Hanging("  ", line)
    yield from (_indented(reason) for reason in each.reasons or ())


def _under_review(each: Any) -> Iterator[RenderableType]:  # noqa: ANN401  # of `ElectionDesk.under_review`
    yield Hanging(
        "  ",
        Text(
            plain(f"{each.contest} since {_clock(each.since)}: hold {each.hold} would change who is elected; till it ")
        ).append("is decided the published result counts"),
    )


def _overdue(each: Overdue) -> Iterator[RenderableType]:
    known = "nothing declared" if each.declared is None else f"last declared: {each.declared}"
    held = f", hold {each.hold} waits" if each.hold is not None else ""
    yield Hanging(
        "  ",
        Text.assemble(
            (plain(each.contest), "bold"),
            plain(f"  expected {_clock(each.expected_at)}, {age(each.late_s)} ago ({known}{held})"),
        ),
    )


def _typed(each: TypedFigures) -> Iterator[RenderableType]:
    people = " and ".join(each.people)
    state = {
        None: f"by {people}; waits for another person's figures",
        True: f"by {people}; they agree, and wait to be declared",
        False: f"by {people}; they differ at {', '.join(each.differences)}: both look at the paper again",
    }[each.agree]
    yield Hanging("  ", Text(plain(f"{each.contest}, revision {each.revision}: {state} (since {_clock(each.since)})")))


def _refused(each: Refused) -> Iterator[RenderableType]:
    times = "" if each.count == 1 else f", {each.count:,} times since {_clock(each.first)}"
    sender = each.sender or "a sender that cannot be read"
    by = sender if each.signed else f"{sender} (as it says)"
    line = Text.assemble((plain(each.subject), "bold"), plain(f"  by {by}, {_clock(each.last)}{times}"))
    yield Hanging("  ", line)
    yield from (_indented(reason) for reason in each.reasons)


def _turned_away(each: TurnedAway) -> Iterator[RenderableType]:
    times = f"{each.count:,} times since {_clock(each.first)}, last" if each.count > 1 else "once,"
    yield Hanging("  ", Text(plain(f"{each.address}: {each.code}, {times} {_clock(each.last)}")))


def _misdirected(each: Misdirected) -> Iterator[RenderableType]:
    yield Hanging("  ", Text(plain(f"{each.election}: {each.entries:,}. Is a day misspelt, or the key?")))


def print_history(found: History, console: Console, *, programs: bool) -> None:
    """Print the history of a contest.

    Args:
        found: the history.
        console: where people read it.
        programs: write it as one JSON value instead.
    """
    if programs:
        write_values([as_json(found)])
        return
    console.print(Text(plain(f"{found.contest.name} ({found.ballot_id})"), "bold underline"))
    if found.test:
        console.print(Text("REHEARSAL", "bold reverse"))
    if not found.signed:
        console.print(
            Text("Unsigned: nobody knows who sent what; a source is what a message says of itself.", "yellow")
        )
    for happening in found.happenings:
        console.print(*_happening_lines(happening, found), sep="\n")


def _happening_lines(each: Happening, found: History) -> Iterator[RenderableType]:
    place = "" if each.ledger_sequence is None else f"number {each.ledger_sequence}"
    what = {
        "register": "in the register",
        "hold": f"held as hold {each.hold}",
        "entry": "figures typed",
        "entered": "figures typed, which wait for another person's",
        "confirmation": f"hold {each.hold} {_DECISIONS.get(each.kind or '', each.kind)}",
        "duplicate": "sent again",
    }.get(each.what, each.kind or each.what)
    revision = "" if each.revision is None else f"revision {each.revision}"
    ended = _DECISIONS.get(each.kind or "", "") if each.what == "hold" else ""
    line = Text.assemble((_clock(each.time), "dim"), "  ", (plain(what), "bold"))
    by = _person(each.person, each.role) if each.person else f"{each.source} (as it says)" if each.source else ""
    told = (revision, ended and f"since then {ended}", f"by {by}" if by else "", _confirmed(each), place)
    yield Hanging("", line.append(plain("".join(f", {one}" for one in told if one))))
    if each.reason:
        yield Hanging("    ", Text(plain(f"Reason: {each.reason}")))
    if each.data is not None:
        marked = Text("not published: ", "bold red") if not each.published else Text()
        yield Hanging("    ", marked.append(plain(_figures(each.data, found.contest))))
    yield from (_indented(reason, "    ") for reason in each.reasons)


def _confirmed(each: Happening) -> str:
    return "" if each.confirmed_by is None else f"confirmed by {each.confirmed_by}"


def _figures(data: Mapping[str, Any], contest: Contest) -> str:
    """Return what a message says in one line, candidates by their names."""
    names = {key: candidate.name for key, candidate in contest.candidates.items()}
    said = {name: _value(value, names) for name, value in data.items()}
    if contest.by_list and isinstance(elected := data.get("elected"), list | tuple):
        said["elected"] = elected_in_words(contest, tuple(elected))
    if stages := data.get("stages"):
        said["stages"] = " / ".join(_stage(number, stage, names) for number, stage in enumerate(stages, 2))
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in said.items())


def _stage(number: int, stage: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return a stage of a count: ``3, exclusion of Dan Trial: Ann Example 334, ..., not transferable 44.4``."""
    left = stage.get("non_transferable")
    rest = "" if left is None else f", not transferable {left}"
    return f"{number}, {stage['action']} of {_value(stage['of'], names)}: {_value(stage['totals'], names)}{rest}"


def _value(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{names.get(name, name)} {_value(one, names)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(one, names) for one in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return names.get(str(value), str(value))


def print_held(held: HeldMessage, console: Console) -> None:
    """Print what is held beside what is published, for who is about to decide on it."""
    title = f"Hold {held.hold}: {held.contest.name} ({held.ballot_id}), revision {held.state.revision}"
    console.print(Text(plain(title), "bold underline"))
    if held.test:
        console.print(Text("REHEARSAL", "bold reverse"))
    if held.declared is None:
        console.print(Hanging("", Text(f"What is held is {_NOT_PRIVATE}, or ingest has lost it.", "yellow")))
        return
    declared, published = held.declared, held.published
    votes = declared.final_round or declared.votes or {}
    before = {} if published is None else {one.candidate: one.votes for one in published.data.candidates}
    most, named = held.most_votes(), declared.elected or ()
    rows = []
    for key, candidate in held.contest.candidates.items():
        seats = f", {named.count(key)} seats" if named.count(key) > 1 else ""
        readings = [*([f"declared elected{seats}"] if key in named else []), *(["most votes"] if key in most else [])]
        rows.append(
            (
                Text(plain(candidate.name)),
                Text(_number(votes.get(key))),
                Text(_number(before.get(key))),
                Text(" and ".join(readings), "bold" if len(readings) == 1 and named and most else ""),
            )
        )
    sent_by = _person(held.person or "", held.role)
    console.print(Text(plain(f"{declared.kind}, sent by {sent_by} at {_clock(held.state.time)}; NOT PUBLISHED")))
    console.print(FittedTable(_FIGURES, rows))
    rest = {
        name: value
        for name, value in declared.model_dump(mode="json", exclude_none=True, exclude_defaults=True).items()
        if name not in ("ballot_id", "revision", "votes", "final_round", "elected")
    }
    if rest:
        console.print(Hanging("", Text(plain(_figures(rest, held.contest)))))
    if held.state.under_review:
        console.print(Text("The contest is under review until this is decided.", "yellow"))
    console.print(Text("What is odd:", "bold"))
    console.print(*map(reason_line, held.reasons), sep="\n")


def require_yes(decided: str, console: Console, *, asked: bool, terminal: bool) -> bool:
    """Return whether a person says yes.

    Args:
        decided: the decision, as a word.
        console: where it is asked.
        asked: whether it is to be asked at all.
        terminal: whether a person is there.

    Raises:
        UsageError: nobody is there to be asked.
    """
    if not asked:
        return True
    if not terminal:
        raise UsageError(f"To {decided} without a terminal, say --yes: nobody can be asked here.")
    answer = console.input(Text(f"{decided.capitalize()} this? [y/N] ", "bold"))
    return answer.strip().lower() in ("y", "yes")


def age(seconds: int) -> str:
    """Return a time span as people say it, in whole units."""
    if seconds < _MINUTE:
        return f"{max(0, seconds)} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"


def _indented(reason: Reason, by: str = "  ") -> RenderableType:
    return Hanging(f"{by}  - ", Text(plain(reason.message)).append(f"  [{plain(reason.code)}]", "dim"))


def _person(person: str, role: str | None) -> str:
    known = {str(name): words for name, words in ROLES.items()}.get(role or "", role)
    return f"{person}, {known}" if known else person


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _clock(time: str) -> str:
    """Return a time as it is read at a desk: day, and time to the second, with its offset."""
    return _FRACTION.sub("", time).replace("T", " ")
