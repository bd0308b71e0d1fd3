"""The command ``tallywire``: which commands there are, and where help lists them.

``commands`` has the options of each; the modules beside it print, and ``exit_codes`` says how an error ends a command.
Imports of what does the work are inside the commands: ``tallywire --help`` must not wait for pydantic, redis and the
services.
"""

import sys
from typing import Annotated

import typer

from schemas import RELEASE
from tallywire.cli.commands import (
    access,
    backups,
    counting,
    desk,
    doctor,
    keys,
    ledger,
    messages,
    packs,
    parked,
    proofs,
    rehearsal,
    services,
    views,
    webhooks,
)
from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import GivenElection, GivenUrl, JsonValues

app = typer.Typer(
    cls=Commands,
    help="Takes election declarations from Redis streams, tallies them by region and says what is news.",
    epilog="Exit codes: " + ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Exit),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

SEE = "See"
SEND = "Send"
SERVE = "Serve"
PROVE = "Prove and keep"

app.command(rich_help_panel=SEE, epilog="Example: tallywire demo --speed 60")(views.demo)
app.command(rich_help_panel=SEE, epilog="Example: tallywire watch --election pcc.2024-05-02 --from-start")(views.watch)
app.command(rich_help_panel=SEE, epilog="Example: tallywire tallies --region itv-anglia")(views.tallies)
app.command(rich_help_panel=SEE, epilog="Example: tallywire results --region itv-anglia")(views.results)
app.command(rich_help_panel=SEE, epilog="Example: tallywire control --body house-of-commons")(views.control)
app.command(rich_help_panel=SEE, epilog="Example: tallywire receipts --status refused --last 20")(views.receipts)
app.command(rich_help_panel=SEND, epilog="Example: tallywire rehearse pcc.2024-05-02 --keys rehearsal-keys")(
    rehearsal.rehearse
)
app.command(rich_help_panel=SEND, epilog="Example: tallywire declare norfolk.json")(messages.declare)
app.add_typer(desk.desk_app, name="desk", rich_help_panel=SEE)
app.add_typer(messages.election_app, name="election", rich_help_panel=SEND)
app.add_typer(keys.keys_app, name="keys", rich_help_panel=SEND)
app.add_typer(packs.pack_app, name="pack", rich_help_panel=SEND)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire run --data night --port 7400")(services.run)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire ingest --redis redis://results:6379")(services.ingest)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire aggregate --redis redis://results:6379")(
    services.aggregate
)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire notify --redis redis://results:6379")(services.notify)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire posting --http 8480")(services.posting)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire publishing --http 8481")(services.publishing)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire sandbox parl.2024-07-04 --speed 60")(services.sandbox)
app.command("api-key", rich_help_panel=SERVE, epilog="Example: tallywire api-key newsroom >> api-keys.toml")(
    services.api_key
)
app.add_typer(webhooks.webhooks_app, name="webhooks", rich_help_panel=SERVE)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire health")(services.health)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire doctor https://results.example.org")(doctor.doctor)
app.command(rich_help_panel=SERVE, epilog="Example: tallywire acl --secrets night-secrets > users.acl")(access.acl)

app.command(
    rich_help_panel=PROVE, epilog="Example: tallywire verify https://results.example.org --public-key night.key.pub"
)(proofs.verify)
app.command(rich_help_panel=PROVE, epilog="Example: tallywire checkpoint --key night.key > night.head")(
    proofs.checkpoint
)
app.command(rich_help_panel=PROVE, epilog="Example: tallywire count ward.blt --rules scotland --seats 4")(
    counting.count
)
app.command(rich_help_panel=PROVE, epilog="Example: tallywire export night.ledger")(ledger.export)
app.command(rich_help_panel=PROVE, epilog="Example: tallywire restore night.ledger --redis redis://standby:6379")(
    ledger.restore
)
app.command(rich_help_panel=PROVE, epilog="Example: tallywire rebuild --election pcc.2024-05-02")(ledger.rebuild)
app.add_typer(backups.backup_app, name="backup", rich_help_panel=PROVE)
app.add_typer(parked.parked_app, name="parked", rich_help_panel=PROVE)


def main() -> None:
    """Run the command line."""
    app(prog_name="tallywire")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"tallywire {RELEASE}")
        raise typer.Exit


@app.callback()
def _options(
    _redis: GivenUrl = None,
    _election: GivenElection = None,
    _as_json: JsonValues = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    # A name that the output cannot spell is no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
