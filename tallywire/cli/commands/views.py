"""Commands that show an election: a night played, headlines as they come, how the regions stand."""

from typing import Annotated

import typer

from tallywire.cli.group import say
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
        if election is not None and election not in connection.elections():
            say(f"The election {election} is not loaded yet. Waiting for it; Ctrl-C ends this.")
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
