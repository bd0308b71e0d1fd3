"""The command that rehearses an election."""

from pathlib import Path
from typing import Annotated

import typer

from tallywire.cli.options import DEFAULT_URL, JsonValues, Key, OwnRedisUrl, PackFolder


def rehearse(
    pack: PackFolder,
    *,
    speed: Annotated[
        str | None,
        typer.Option(metavar="N|max", help="N times the recorded speed, or max. (default: about 15 s in all)"),
    ] = None,
    key: Key = None,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Ask for no signatures, on a server of its own.")
    ] = False,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="DIR", help="Write the keys of who plays there, and leave the desk to a person."
        ),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Play nothing: load the rehearsal, and print what each centre is to send.")
    ] = False,
    ready: Annotated[
        bool, typer.Option("--ready", help="Play nothing: print which centres have sent a test declaration.")
    ] = False,
    as_json: JsonValues = False,
    redis: OwnRedisUrl = None,
) -> None:
    """Play a night as the election rehearsal.ID, with mischief; say how it was answered and who is ready.

    Without --redis on a server of its own, where everybody who plays has a key. On a server that is named, the
    rehearsal asks for signatures when --key is given, the operator's; contests whose centre has a key of its own, or
    has declared, are left to it.

    Exit code: 0 all mischief was answered as it should be, 1 not all.
    """
    from tallywire.cli.exit_codes import Exit
    from tallywire.cli.rehearsal import PeopleAudience, ProgramsAudience, print_asked, print_centres, print_report
    from tallywire.cli.screen import open_console
    from tallywire.client.signing import read_key
    from tallywire.demo.playback import read_speed
    from tallywire.demo.rehearsal import Wish, rehearse
    from tallywire.demo.rehearsal import ask as ask_centres
    from tallywire.operations.logs import log_to_stderr
    from tallywire.packs.pack import find_pack, read_pack

    log_to_stderr()
    found, console = read_pack(find_pack(pack)), open_console()
    if ask or ready:
        election, centres = ask_centres(found, redis or DEFAULT_URL, read_key(key), load=ask)
        if ask:
            print_asked(election, found.register, console, programs=as_json)
        else:
            print_centres(election, centres, console, programs=as_json)
        return
    notes = open_console(stderr=True)
    audience = ProgramsAudience(notes) if as_json else PeopleAudience(console, notes)
    wish = Wish(read_speed(speed), redis, read_key(key), unsigned, keys)
    report = rehearse(found, wish, audience)
    print_report(report, console, programs=as_json)
    raise typer.Exit(Exit.DONE if report.went_well else Exit.REFUSED)
