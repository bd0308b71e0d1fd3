"""Commands that show an election: a night played, headlines as they come, how it stands, what was answered."""

import sys
from dataclasses import replace
from typing import Annotated

import typer

from tallywire.cli.options import (
    DEFAULT_URL,
    QUIETEST,
    Ballots,
    BoardHttp,
    Bodies,
    Election,
    EventTypes,
    Json,
    Kinds,
    OwnRedisUrl,
    PackFolder,
    Parties,
    Priority,
    RedisUrl,
    Regions,
    filter_parameters,
)


def demo(
    pack: PackFolder = "pcc.2024-05-02",
    speed: Annotated[
        str | None,
        typer.Option(
            metavar="N|max",
            help="N times the recorded speed, or max. (default: about 15 s in all; with a board, 3 s a declaration)",
        ),
    ] = None,
    *,
    board: Annotated[
        bool | None,
        typer.Option(
            "--board/--no-board",
            help="Serve a board to look at, until Ctrl-C. (default: at a terminal, without --json)",
        ),
    ] = None,
    http: BoardHttp = None,
    opened: Annotated[bool, typer.Option("--open", help="Open the board in a browser.")] = False,
    as_json: Json = False,
    redis: OwnRedisUrl = None,
) -> None:
    """Run an election night: a server, the three services, and a pack's declarations. Leaves nothing behind."""
    from tallywire.cli.demo_show import EventShow, PeopleShow
    from tallywire.cli.screen import open_console
    from tallywire.demo.night import Board, board_place
    from tallywire.demo.night import demo as play_night
    from tallywire.demo.playback import read_speed
    from tallywire.operations.logs import log_to_stderr
    from tallywire.packs.pack import find_pack, read_pack

    log_to_stderr()
    pace = read_speed(speed)
    notes = open_console(stderr=True)
    show = EventShow(notes) if as_json else PeopleShow(open_console(), notes)
    looked_at = board if board is not None else opened or http is not None or (sys.stdout.isatty() and not as_json)
    shown = Board(board_place(http), opened) if looked_at else None
    play_night(read_pack(find_pack(pack)), pace, redis, show, shown)


def watch(
    election: Election = None,
    *,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Follow a publishing service over HTTP, with the API key in TALLYWIRE_API_KEY if it asks for one.",
        ),
    ] = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the first headline there is.")] = False,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on from a cursor; with --url and --election.")
    ] = None,
    types: EventTypes = None,
    kind: Kinds = None,
    priority: Priority = QUIETEST,
    party: Parties = None,
    region: Regions = None,
    body: Bodies = None,
    ballot: Ballots = None,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print headlines as they are published, of one election or of all, until Ctrl-C.

    From the server, or with --url from a publishing service, over HTTP: there --type asks for other events, too.
    """
    from tallywire.cli.screen import open_console
    from tallywire.client.errors import UsageError
    from tallywire.publishing.filters import read_filter, written

    lists = {"type": types, "kind": kind, "party": party, "region": region, "body": body, "ballot": ballot}
    try:
        wanted = read_filter(filter_parameters(priority, **lists))
    except ValueError as error:
        raise UsageError(str(error)) from error
    console, notes = open_console(), open_console(stderr=True)
    if url is None:
        from tallywire.cli.headlines import HeadlinePrinter
        from tallywire.client.connection import open_connection

        if after is not None or wanted.types - {"headline"}:
            raise UsageError("--after, and types other than headline, need --url: they are read over HTTP.")
        with open_connection(redis) as connection:
            HeadlinePrinter(connection, console, notes, as_json, wanted).run(election, from_start=from_start)
        return
    from tallywire.cli.feed import FeedPrinter
    from tallywire.client.feed import BEGINNING, Service
    from tallywire.client.secret_variables import secret

    if after is not None and (election is None or from_start):
        raise UsageError("--after CURSOR goes with --election ID, and not with --from-start.")
    parameters = written(wanted if wanted.types else replace(wanted, types=frozenset({"headline"})))
    service = Service.at(url, secret("TALLYWIRE_API_KEY"))
    FeedPrinter(console, notes, as_json).run(service, election, parameters, BEGINNING if from_start else after)


def tallies(
    region: Annotated[
        str | None, typer.Option(metavar="SLUG", help="One region: east-of-england, itv-anglia, uk.")
    ] = None,
    election: Election = None,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print how the regions stand now: seats won, held, gained and lost by party, and of how many contests."""
    from tallywire.cli.screen import open_console
    from tallywire.cli.tallies import print_tallies
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_tallies(connection, election, region, open_console(), as_json=as_json)


def results(
    contest: Annotated[str | None, typer.Option(metavar="ID", help="One contest, by its ballot id.")] = None,
    region: Annotated[str | None, typer.Option(metavar="SLUG", help="The contests of one region.")] = None,
    election: Election = None,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print the result that stands of each contest: gain or hold, who is elected, the majority, the revision."""
    from tallywire.cli.screen import open_console
    from tallywire.cli.standing import print_results
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_results(connection, election, contest, region, open_console(), as_json=as_json)


def control(
    body: Annotated[str | None, typer.Option(metavar="SLUG", help="One council or parliament.")] = None,
    election: Election = None,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print who runs each council or parliament now, and how many seats each party has."""
    from tallywire.cli.screen import open_console
    from tallywire.cli.standing import print_control
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_control(connection, election, body, open_console(), as_json=as_json)


def receipts(
    *,
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help="Only those that say so: accepted, duplicate, refused.")
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only what this person's keys have signed; the id as `keys list` shows it."),
    ] = None,
    last: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the last N of each election.")] = None,
    election: Election = None,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print what became of everything that was sent, oldest first, with who signed it and every reason of a refusal."""
    from tallywire.cli.receipts import Wanted, print_receipts
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_receipts(connection, election, Wanted(status, person, last), open_console(), as_json=as_json)
