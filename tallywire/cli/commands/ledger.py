"""Commands that keep an election: export and restore its ledger, derive again, look after what was parked."""

from pathlib import Path
from typing import Annotated

import typer

from tallywire.cli.commands.proofs import PublicKey, Signed, read_checkpoint
from tallywire.cli.commands.services import Service
from tallywire.cli.options import DEFAULT_URL, Election, RedisUrl
from tallywire.trouble import Exit

parked_app = typer.Typer(help="List entries that a service could not fold, and put them back after a fix.")


ExportFile = Annotated[Path, typer.Argument(metavar="FILE", help="The exported ledger.")]


def export(file: ExportFile, election: Election = None, redis: RedisUrl = DEFAULT_URL) -> None:
    """Check the ledger's chain and write it to FILE, byte for byte. Services may run meanwhile.

    Everything else follows from it: `tallywire restore FILE` brings the election to another server.
    """
    from tallywire.cli.screen import open_console
    from tallywire.evidence.whole_ledger import export_ledger

    export_ledger(redis, election, file, open_console(stderr=True))


def restore(
    file: ExportFile,
    checkpoint: Signed = None,
    public_key: PublicKey = None,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Check an exported ledger and put its election on a server that does not have it.

    Running services pick it up and derive everything else: the same bytes. Cut short, it can be repeated.
    What had been sent but was not on the ledger is not in FILE: have it sent again, which is harmless.
    """
    from tallywire.cli.screen import open_console
    from tallywire.evidence.whole_ledger import restore_ledger

    restore_ledger(redis, file, read_checkpoint(checkpoint, public_key), open_console(stderr=True))


def rebuild(
    election: Election = None,
    force: Annotated[bool, typer.Option("--force", help="Do not ask whether the services are stopped.")] = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Delete what follows from the ledger, so that aggregate and notify derive it again: the same bytes.

    After a fix of a rule, or where `tallywire verify` advises it. Stop aggregate and notify first, on every
    machine; ingest may run on. Readers of results, tallies and headlines see every event once more.
    """
    from tallywire.cli.screen import open_console
    from tallywire.evidence.whole_ledger import rebuild_derived

    rebuild_derived(redis, election, open_console(stderr=True), force=force)


@parked_app.callback(invoke_without_command=True, epilog="Example: tallywire parked --stage ingest")
def parked(
    context: typer.Context,
    stage: Annotated[Service | None, typer.Option(help="Only what this service could not fold.")] = None,
    election: Election = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print entries as JSON, one a line.")] = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """List entries that a service's own rule failed on: where each is, and the error."""
    from tallywire.cli.screen import open_console
    from tallywire.evidence.parked_retry import list_parked

    if context.invoked_subcommand is None:
        list_parked(redis, election, stage, open_console(), as_json=as_json)


@parked_app.command(epilog="Example: tallywire parked retry --election pcc.2024-05-02")
def retry(election: Election = None, redis: RedisUrl = DEFAULT_URL) -> None:
    """Put a copy of what ingest had parked back onto the declarations stream, after the fix.

    What aggregate and notify had parked is on the ledger and follows from it: `tallywire rebuild`.
    Exit code: 0 nothing is left parked, 1 something is.
    """
    from tallywire.cli.screen import open_console
    from tallywire.evidence.parked_retry import retry_parked

    raise typer.Exit(Exit.DONE if retry_parked(redis, election, open_console()) else Exit.REFUSED)
