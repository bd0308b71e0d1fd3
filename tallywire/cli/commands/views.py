"""Commands that show an election: a night played, headlines as they come, how it stands, what was answered."""

from typing import Annotated

import typer

from tallywire.cli.options import DEFAULT_URL, Election, Json, OwnRedisUrl, PackFolder, RedisUrl


def demo(
    pack: PackFolder = "pcc.2024-05-02",
    speed: Annotated[
        str | None,
        typer.Option(metavar="N|max", help="N times the recorded speed, or max. (default: about 15 s in all)"),
    ] = None,
    as_json: Json = False,
    redis: OwnRedisUrl = None,
) -> None:
    """Run an election night: a server, the three services, and a pack's declarations. Leaves nothing behind."""
    from tallywire.cli.demo_show import EventShow, PeopleShow
    from tallywire.cli.screen import open_console
    from tallywire.demo.night import demo as play_night
    from tallywire.demo.playback import read_speed
    from tallywire.operations.logs import log_to_stderr
    from tallywire.packs.pack import find_pack, read_pack

    log_to_stderr()
    pace = read_speed(speed)
    notes = open_console(stderr=True)
    show = EventShow(notes) if as_json else PeopleShow(open_console(), notes)
    play_night(read_pack(find_pack(pack)), pace, redis, show)


def watch(
    election: Election = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Begin with the first headline there is.")] = False,
    priority: Annotated[
        int, typer.Option(min=1, max=5, help="Only headlines this loud or louder; 1 is the loudest, 3 is every seat.")
    ] = 5,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print headlines as they are published, of one election or of all, until Ctrl-C."""
    from tallywire.cli.headlines import HeadlinePrinter
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        printer = HeadlinePrinter(connection, open_console(), open_console(stderr=True), as_json, priority)
        printer.run(election, from_start=from_start)


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
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help="Only those that say so: accepted, duplicate, refused.")
    ] = None,
    last: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the last N of each election.")] = None,
    election: Election = None,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print what became of everything that was sent, oldest first, with every reason of a refusal."""
    from tallywire.cli.receipts import print_receipts
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection

    with open_connection(redis) as connection:
        print_receipts(connection, election, status, last, open_console(), as_json=as_json)
