"""The command that prints who may do what on the server."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from tallywire.cli.options import DEFAULT_URL, Election, JsonValues, RedisUrl

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _centre_names(names: list[str]) -> list[str]:
    from tallywire.operations.access import ADMINISTRATOR, USERS

    taken = {ADMINISTRATOR, *(user.name for user in USERS)}
    for name in names:
        if not _NAME.fullmatch(name) or name in taken:
            raise typer.BadParameter(f"{name!r} cannot be a count centre's user: letters, digits, dots, dashes.")
    return names


def acl(
    secrets: Annotated[
        Path,
        typer.Option(
            "--secrets",
            metavar="DIR",
            file_okay=False,
            help="Folder for passwords: NAME.password, and NAME.url for TALLYWIRE_REDIS_URL_FILE. One that is there "
            "is kept.",
        ),
    ],
    centre: Annotated[
        list[str],
        typer.Option(
            "--centre",
            metavar="NAME",
            callback=_centre_names,
            help="A count centre that writes to the stream of --election itself, instead of posting.",
        ),
    ] = [],  # noqa: B006  # typer's way to have none
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print the users that a server should have, as lines of its ACL file.

    Each service has its own. No password is in a line, nor is one asked for: each is drawn, and written to a file that
    its owner alone may read. --redis says where the services find the server; nothing is asked of it.
    """
    from tallywire.cli.screen import write_values
    from tallywire.operations.access import acl_lines, count_centre

    if bool(centre) != (election is not None):
        raise typer.BadParameter("--centre and --election belong together.")
    centres = [count_centre(name, election) for name in centre] if election else []
    lines = acl_lines(secrets, redis, centres)
    if as_json:
        write_values({"user": name, "purpose": purpose, "line": line} for name, purpose, line in lines)
    else:
        for _, _, line in lines:
            typer.echo(line)
