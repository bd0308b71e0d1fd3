"""The command that counts ballot papers by single transferable vote."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import JsonValues, read
from tallywire.client.errors import UsageError

if TYPE_CHECKING:
    from services.rules.systems.declared_count import DeclaredCount


def count(
    ballots: Annotated[Path, typer.Argument(metavar="BALLOTS", help="The papers: a .blt file, or a table as CSV.")],
    *,
    rules: Annotated[Literal["scotland", "northern-ireland"], typer.Option(help="Whose rules.")],
    seats: Annotated[
        int | None, typer.Option(min=1, max=100, help="How many are elected. (default: as the file says)")
    ] = None,
    contest: Annotated[str | None, typer.Option(help="Which contest's, of a table with several.")] = None,
    declaration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A declaration as JSON, to compare with every stage.")
    ] = None,
    lot: Annotated[list[str] | None, typer.Option(help="Who was drawn by lot; may be repeated, in order.")] = None,
    as_json: JsonValues = False,
) -> None:
    """Count ballot papers by single transferable vote, and say how a declaration differs. Exit code 1 when it does."""
    from services.rules.systems.ballot_files import read_ballots
    from services.rules.systems.ballots_count import count_ballots, differences
    from services.rules.systems.count import TieWithoutLot
    from services.rules.winners import RULES
    from tallywire.cli.count_report import print_count, print_differences, write_count
    from tallywire.cli.screen import open_console

    try:
        papers = read_ballots(read(ballots).decode("utf-8-sig"), contest)
    except ValueError as error:
        message = f"{ballots} cannot be read: {error}."
        raise UsageError(message) from error
    filled = seats or papers.seats
    if filled is None:
        message = "Say how many are elected with --seats N."
        raise UsageError(message)
    stated = None if declaration is None else _declared(declaration, filled)
    ids = _ids(papers.candidates, papers.candidates if stated is None else tuple(stated.votes))
    names = {ids[number]: name for number, name in papers.names.items() if number in ids}
    sorted_papers = {tuple(ids[one] for one in preferences): number for preferences, number in papers.ballots.items()}
    try:
        counted = count_ballots(
            RULES[rules], tuple(ids.values()), filled, sorted_papers, (stated and stated.stages) or (), lot or ()
        )
    except TieWithoutLot as tie:
        tied = ", ".join(names.get(one, one) for one in tie.tied)
        message = f"A lot has to decide between {tied}: say who was drawn with --lot ({' or '.join(tie.tied)})."
        raise UsageError(message) from tie
    found = None if stated is None else differences(stated, counted.count)
    if as_json:
        write_count(counted, found)
    else:
        console = open_console()
        print_count(console, counted, names)
        if found is not None:
            print_differences(console, found, names)
    raise typer.Exit(Exit.REFUSED if found else Exit.DONE)


def _declared(file: Path, seats: int) -> "DeclaredCount":
    """Return the count of a declaration, an event or its data alone.

    Raises:
        UsageError: the file is none.
    """
    from pydantic import ValidationError
    from pydantic_core import from_json, to_json

    from schemas.declaration import Declaration
    from services.rules.winners import declared_count

    try:
        event = from_json(read(file))
        inner = event.get("data") if isinstance(event, dict) else None
        data = Declaration.model_validate_json(to_json(inner if isinstance(inner, dict) else event))
    except (ValidationError, ValueError) as error:
        message = f"{file} is no declaration: {str(error).splitlines()[0]}."
        raise UsageError(message) from error
    return declared_count(seats, data)


def _ids(numbers: Sequence[str], stated: Sequence[str]) -> dict[str, str]:
    """Return the candidates' ids by their numbers on the papers: the same, or by the order of the declaration's votes.

    Raises:
        UsageError: the declaration has fewer candidates than the papers.
    """
    if set(numbers) <= set(stated):
        return {one: one for one in stated}
    ids = {str(number): one for number, one in enumerate(stated, 1)}
    if not ids.keys() >= set(numbers):
        message = f"The declaration has votes for {len(stated)} candidates, fewer than there are papers for."
        raise UsageError(message)
    return ids
