"""What is printed of how an election stands: the results of its contests, and who runs each council or parliament."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from rich.console import Console, RenderableType
from rich.text import Text

from schemas import tables
from schemas.control import NOC, Control
from schemas.register import RegisterHead
from schemas.result import Result
from streams.keys import Partition
from tallywire.cli.screen import election_title, party_style, plain, with_lists, write_lines
from tallywire.cli.table import Column, FittedTable
from tallywire.client.connection import Connection
from tallywire.client.errors import NoServerError, NotThereError, UnreadableError
from tallywire.client.snapshot import has_contest, read_register_head, read_table

Value = TypeVar("Value", bound=BaseModel)

_CONTEST: Final = Column("contest")

_RESULT_COLUMNS: Final = (
    Column("result"),
    Column("elected"),
    Column("majority", figures=True),
    Column("revision", figures=True),
)

_CONTROL_COLUMNS: Final = (Column("party", width_min=29), Column("seats", figures=True), Column("change", figures=True))


def print_results(
    connection: Connection,
    election: str | None,
    contest: str | None,
    region: str | None,
    console: Console,
    *,
    as_json: bool,
) -> None:
    """Print the result that stands of each contest, of one election or of all.

    Args:
        connection: where the elections are.
        election: its id; None for all.
        contest: only this contest, by ballot id.
        region: only the contests of this region, by slug.
        console: where people read it.
        as_json: write the events as published instead, for programs.

    Raises:
        NotThereError: the election is not loaded, or none that is has this contest or region.
        NoServerError: nothing is derived yet.
        UnreadableError: what stands there cannot be read.
    """
    chosen = [
        (name, head)
        for name, head in _heads(connection, election)
        if (region is None or region in head.regions) and (contest is None or has_contest(connection, name, contest))
    ]
    if not chosen:
        wanted = f"contest {contest}" if contest is not None else f"region {region}"
        raise NotThereError(f"No election that is loaded has a {wanted}.")
    for name, head in chosen:
        found = [
            (event.data, written)
            for event, written in _read(connection, name, tables.RESULTS)
            if contest in (None, event.data.ballot_id) and (region is None or region in event.data.regions)
        ]
        found.sort(key=lambda each: (each[0].contest.name, each[0].ballot_id))
        if as_json:
            write_lines(written for _, written in found)
        else:
            _print(console, head, result_lines([result for result, _ in found]))


def print_control(
    connection: Connection, election: str | None, body: str | None, console: Console, *, as_json: bool
) -> None:
    """Print who runs each council or parliament, of one election or of all.

    Args:
        connection: where the elections are.
        election: its id; None for all.
        body: only this body, by slug.
        console: where people read it.
        as_json: write the events as published instead, for programs.

    Raises:
        NotThereError: the election is not loaded, or none that is has this body.
        NoServerError: nothing is derived yet.
        UnreadableError: what stands there cannot be read.
    """
    heads = _heads(connection, election)
    bodies = {slug for _, head in heads for slug in head.bodies}
    if body is not None and body not in bodies:
        there = (
            f"There are: {', '.join(sorted(bodies))}." if bodies else "There is none: offices of one have no control."
        )
        raise NotThereError(f"There is no council or parliament {body}. {there}")
    for name, head in heads:
        found = [each for each in _read(connection, name, tables.CONTROL) if body in (None, each[0].data.body)]
        found.sort(key=lambda each: (each[0].data.name, each[0].data.body))
        if as_json:
            write_lines(written for _, written in found)
        elif body is None or found:
            _print(console, head, control_lines([event.data for event, _ in found]))


def _heads(connection: Connection, election: str | None) -> list[tuple[str, RegisterHead]]:
    """Return the register's head of each election that is meant."""
    found = []
    for name in connection.choose(election):
        head = read_register_head(connection, name)
        if head is None:
            raise NoServerError(f"Nothing follows from the register of {name} yet. Is `tallywire aggregate` running?")
        found.append((name, head))
    return found


def _read(connection: Connection, election: str, table: tables.Table[Value]) -> Iterator[tuple[Value, bytes]]:
    """Yield each value of a table, with how it is written there."""
    for field, written in read_table(connection, election, table).items():
        try:
            yield table.read(written), written
        except ValidationError as error:
            key = Partition(election).key(table.name)
            raise UnreadableError(f"What stands for {field} in {key} cannot be read.") from error


def _print(console: Console, head: RegisterHead, lines: Sequence[RenderableType]) -> None:
    console.print(election_title(head.election, head))
    console.print()
    console.print(*lines, sep="\n")
    console.print()


def result_lines(results: Sequence[Result]) -> Sequence[RenderableType]:
    """Return the results of an election as a table, a contest a row."""
    if not results:
        return ("Nothing is declared yet.",)
    # Two contests may have one name where there are several councils, or several offices.
    told_apart = [
        (Column(title), name)
        for title, name in (("office", _office), ("body", _body))
        if len({name(result) for result in results}) > 1
    ]
    rows = []
    for result in results:
        said = _what_was_said(result)
        winner = result.parties.get(result.parties_elected[0]) if result.parties_elected else None
        majority = "" if result.majority is None else f"{result.majority:,}"
        rows.append(
            (
                Text(plain(result.contest.name)),
                *(Text(plain(name(result))) for _, name in told_apart),
                Text(plain(said), party_style(winner)),
                Text(plain(_elected(result))),
                Text(majority),
                Text(str(result.revision)),
            )
        )
    return (FittedTable((_CONTEST, *(column for column, _ in told_apart), *_RESULT_COLUMNS), rows),)


def _elected(result: Result) -> str:
    """Return who is elected: people with their parties, the answer of a referendum, lists with their seats."""
    elected = [one for one in result.candidates if one.elected]
    if result.question is not None:
        return ", ".join(one.name for one in elected)
    if result.allocation is not None:
        by_seats = sorted(elected, key=lambda one: -(one.seats or 0))
        return ", ".join(f"{result.parties[one.party].abbreviation} {one.seats}" for one in by_seats)
    return ", ".join(f"{one.name} ({result.parties[one.party].abbreviation})" for one in elected)


def _office(result: Result) -> str:
    return result.contest.office


def _body(result: Result) -> str:
    return result.body_name or ""


def _what_was_said(result: Result) -> str:
    """Return the label, or the kind of declaration where there is none; what is open, and whether it is in review."""
    label: str | None = getattr(result.labels, result.headline_baseline)
    said = label or result.kind
    if result.kind == "stage":
        said = f"stage {len(result.stages or ()) + 1}, {len(result.elected)} of {result.contest.seats} seats"
    elif result.allocation is not None and not result.allocation.checked:
        said += ", not checked"
    return f"{said}{', under review' if result.under_review else ''}"


def control_lines(controls: Sequence[Control]) -> Sequence[RenderableType]:
    """Return for each council or parliament who has control, how many seats that takes, and who has how many."""
    if not controls:
        return ("No council or parliament is elected.",)
    lines: list[RenderableType] = []
    for control in controls:
        state = control.label or _controller(control)
        lines.append(Text(f"{plain(control.name)} - {plain(state)}", "bold"))
        lines.append(
            Text(
                f"{control.majority} of {control.seats} seats are a majority; "
                f"{control.undeclared} undeclared, {control.vacant} vacant"
                # Why control may be open at the end of the night.
                + (f", {control.undescribed} that the register does not describe" if control.undescribed else "")
                + (f"; results under review: {control.under_review}" if control.under_review else "")
            )
        )
        ranked = sorted(control.composition.items(), key=lambda item: (-item[1], item[0]))
        rows = []
        for party_id, seats in ranked:
            party = control.parties.get(party_id)
            change = f"{control.changes.get(party_id, 0):+}" if control.changes.get(party_id) else "0"
            name = Text(plain(party.spoken if party else party_id), party_style(party))
            # Where some seats are from lists, every party has both numbers, as in a table of them.
            held = with_lists(seats, control.from_lists.get(party_id, 0)) if control.from_lists else f"{seats:,}"
            rows.append((name, Text(held), Text(change if control.changes else "")))
        lines += [FittedTable(_CONTROL_COLUMNS, rows), ""]
    return lines[:-1]


def _controller(control: Control) -> str:
    """Return who is certain to have control, where that has no label: control before is unknown, or all is open."""
    if control.now is None:
        return "open"
    if control.now == NOC:
        return "no overall control"
    return control.parties[control.now].spoken if control.now in control.parties else control.now
