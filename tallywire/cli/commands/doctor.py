"""The command that looks at everything before the night."""

from pathlib import Path
from typing import Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import DEFAULT_DATA, DEFAULT_URL, JsonValues, RedisUrl


def doctor(
    url: Annotated[
        list[str] | None, typer.Argument(metavar="URL...", help="Addresses that people are given, to be asked.")
    ] = None,
    *,
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="The folder that the server writes to, on this machine.")
    ] = DEFAULT_DATA,
    secrets: Annotated[
        list[Path] | None,
        typer.Option("--secrets", metavar="DIR", help="A folder with passwords and keys in files."),
    ] = None,
    backups: Annotated[
        list[str] | None,
        typer.Option("--backups", metavar="DIR|s3://BUCKET/PREFIX", help="Where backups are: how old the newest is."),
    ] = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Look at host, servers, services, elections, backups and addresses. Exit code 1 when something is wrong.

    What is wrong would fail, or lose something; of what is marked "look" somebody has to know. Each says what to do.
    """
    from dataclasses import asdict

    from rich.text import Text

    from tallywire.cli.screen import open_console, plain, print_lines, write_values
    from tallywire.doctor.examination import examination

    console = open_console()
    words = {
        "good": Text("  ok   ", "green"),
        "warning": Text("  look ", "bold yellow"),
        "wrong": Text("WRONG  ", "bold red"),
    }
    counted = dict.fromkeys(words, 0)
    part = ""
    for finding in examination(redis, data, url or (), secrets or (), backups or ()):
        counted[finding.level] += 1
        if as_json:
            write_values([asdict(finding)])
            continue
        if finding.part != part:
            part = finding.part
            console.print(Text(part, "bold"))
        console.print(words[finding.level] + Text(plain(f"{finding.name}: {finding.said}")), soft_wrap=True)
    if not as_json:
        print_lines(console, ["", _summary(counted["wrong"], counted["warning"])])
    raise typer.Exit(Exit.REFUSED if counted["wrong"] else Exit.DONE)


def _summary(wrong: int, warnings: int) -> str:
    things = "1 thing is wrong" if wrong == 1 else f"{wrong} things are wrong" if wrong else "Nothing is wrong"
    return f"{things}, and {warnings} to look at." if warnings else f"{things}."
