"""Commands about parked entries: list them, put them back."""

from typing import Annotated

import typer

from tallywire.cli.commands.services import Service
from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import DEFAULT_URL, Election, JsonValues, RedisUrl

parked_app = typer.Typer(
    cls=Commands, help="List entries that a service could not fold, and put them back after a fix."
)


@parked_app.callback(invoke_without_command=True, epilog="Example: tallywire parked --stage ingest")
def parked(
    context: typer.Context,
    stage: Annotated[Service | None, typer.Option(help="Only what this service could not fold.")] = None,
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """List entries that a service's own rule failed on: where each is, and the error."""
    from tallywire.cli.parked import print_parked
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.evidence.parked_entries import STAGES, parked_entries

    if context.invoked_subcommand is None:
        with open_connection(redis) as connection:
            entries = parked_entries(connection, connection.choose(election), (stage,) if stage else STAGES)
            print_parked(entries, open_console(), as_json=as_json)


@parked_app.command(epilog="Example: tallywire parked retry --election pcc.2024-05-02")
def retry(election: Election = None, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL) -> None:
    """Put a copy of what ingest had parked back onto the declarations stream, after the fix.

    What aggregate and notify had parked is on the ledger and follows from it: `tallywire rebuild`.
    Exit code: 0 nothing is left parked, 1 something is.
    """
    from tallywire.cli.parked import print_retried
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.evidence.parked_entries import retry as put_back

    with open_connection(redis) as connection:
        done = print_retried(put_back(connection, connection.choose(election)), open_console(), as_json=as_json)
    raise typer.Exit(Exit.DONE if done else Exit.REFUSED)
