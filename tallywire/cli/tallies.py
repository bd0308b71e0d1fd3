"""What is printed of how the regions of an election stand."""

from contextlib import suppress

from pydantic import ValidationError
from redis.exceptions import NoPermissionError
from rich.console import Console

from schemas.events import TallyEvent
from schemas.tables import TALLIES
from schemas.tally import Tally
from streams.keys import Partition
from tallywire.cli.group import say
from tallywire.cli.screen import election_title, in_order, tally_tables, write_lines
from tallywire.client import progress
from tallywire.client.connection import Connection
from tallywire.client.errors import NoServerError, NotThereError, UnreadableError
from tallywire.client.snapshot import Table, read_register_head, read_table


def print_tallies(
    connection: Connection, election: str | None, region: str | None, console: Console, *, as_json: bool
) -> None:
    """Print how every region stands, or the one named, of one election or of all.

    Raises:
        NotThereError: the election is not loaded, or has no such region.
        NoServerError: nothing stands there yet.
        UnreadableError: what stands there cannot be read.
    """
    regions: set[str] = set()
    for known in connection.choose(election):
        standing = read_table(connection, known, TALLIES)
        regions |= standing.keys()
        chosen = {name: event for name, event in standing.items() if region in (None, name)}
        if chosen:
            _print(connection, known, chosen, console, as_json=as_json)
            _note_what_is_missing(connection, known)
    if not regions:
        raise NoServerError("Nothing is tallied yet. Is `tallywire aggregate` running?")
    if region is not None and region not in regions:
        raise NotThereError(f"There is no region {region}. There are: {', '.join(sorted(regions))}.")


def _print(connection: Connection, election: str, standing: Table, console: Console, *, as_json: bool) -> None:
    register = read_register_head(connection, election)
    tallies = {region: _tally(election, region, event) for region, event in standing.items()}
    ordered = in_order(tallies, register)
    if as_json:
        write_lines(standing[tally.region] for tally in ordered)
        return
    console.print(election_title(election, register))
    for lines in tally_tables(ordered, register.parties if register else {}):
        console.print()
        console.print(*lines, sep="\n")
    console.print()


def _note_what_is_missing(connection: Connection, election: str) -> None:
    """Say on standard error when these tallies can never have everything."""
    # Whoever may read tallies may still be kept from what the services know.
    with suppress(NoPermissionError):
        if missing := progress.missing(connection, election, "aggregate"):
            say(f"Missing: {missing}. The tallies are without it; `tallywire verify` says what to do.")


def _tally(election: str, region: str, event: bytes) -> Tally:
    try:
        return TallyEvent.model_validate_json(event).data
    except ValidationError as error:
        table = Partition(election).key(TALLIES.name)
        raise UnreadableError(f"What stands for {region} in {table} is no tally.") from error
