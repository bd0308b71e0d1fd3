"""After the night: an election is closed, archived, or opened again; rehearsals and sandboxes are deleted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import DEFAULT_URL, RECEIPT_TIMEOUT_S, Json, JsonValues, Key, Licence, RedisUrl, Timeout

if TYPE_CHECKING:
    from tallywire.client.connection import Connection
    from tallywire.client.submissions import Submission

ElectionId = Annotated[str, typer.Argument(metavar="ELECTION", help="The election's id.")]


def close(
    election: ElectionId,
    *,
    key: Key = None,
    head_key: Annotated[
        Path,
        typer.Option("--head-key", metavar="FILE", help="The key of signed heads, as of `tallywire checkpoint`."),
    ],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, in words. It is public.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Close it although declarations wait for a second person.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the final head there, too; it must not be there yet."),
    ] = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Close an election: nothing more is accepted. Its final head is signed, published, and printed after the receipt.

    Keep the head where nobody keeps the server: with --out it is a file. --key is the operator's. Refused while a
    declaration waits for a second person. An election that does not ask for signatures cannot be closed: anybody who
    may send could do so.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.errors import RefusedError, UsageError, file_error
    from tallywire.client.signing import require_key
    from tallywire.evidence.key_files import read_signer
    from tallywire.evidence.whole_ledger import signed_head
    from tallywire.people.closing import await_derived, closing_message, held
    from tallywire.people.enrolling import read_head

    if out is not None and out.exists():
        raise UsageError(f"{out} is there already. Name another file: it may be evidence.")
    signing, signer = require_key(key), read_signer(head_key)
    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        head = read_head(connection, chosen)
        waiting = held(connection, chosen)
        if waiting and not anyway:
            raise RefusedError(
                f"Declarations of {', '.join(waiting)} wait for a second person. Decide on them first (`tallywire desk`"
                "), or close it with --anyway: then nobody can decide until it is opened again."
            )
        _send(connection, chosen, closing_message(head, reason, signing, closed=True), timeout, as_json=as_json)
        await_derived(connection, chosen, timeout)
    final = signed_head(redis, chosen, signer, bar(open_console(stderr=True)), deposit=True)
    typer.echo(final, nl=False)
    if out is not None:
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(final)
        except OSError as error:
            raise file_error(out, "be written", error) from error


def reopen(
    election: ElectionId,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in words. It is public.")],
    key: Key = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Open a closed election again. --key is the operator's; nobody else can."""
    from tallywire.client.connection import open_connection
    from tallywire.client.signing import require_key
    from tallywire.people.closing import closing_message
    from tallywire.people.enrolling import read_head

    signing = require_key(key)
    with open_connection(redis) as connection:
        chosen = connection.choose_one(election)
        message = closing_message(read_head(connection, chosen), reason, signing, closed=False)
        _send(connection, chosen, message, timeout, as_json=as_json)


def archive(
    election: ElectionId,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where; it must not be there yet.")],
    public_key: Annotated[
        Path | None,
        typer.Option(
            "--public-key", metavar="FILE", help="The public key of whoever signs heads: the head is checked with it."
        ),
    ] = None,
    as_it_stands: Annotated[
        bool, typer.Option("--open", help="Archive it although it is open: every page says that it was not closed.")
    ] = False,
    licence: Licence = "",
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Write a closed election to a folder that needs no service: its ledger and signed head, its pack, and its pages.

    All that the server holds is verified first. The folder appears whole or not at all. Any web server shows it, below
    any path, and a browser opens it from the disk. An open election is refused, unless with --open.
    """
    from dataclasses import asdict

    from tallywire.archive.making import Wish, archive
    from tallywire.cli.findings import LONG_PAGES, bar
    from tallywire.cli.screen import open_console, print_lines, write_values

    notes = open_console(stderr=True)
    wish = Wish(to, as_it_stands, public_key, licence)
    made = archive(redis, election, wish, bar(notes, LONG_PAGES))
    if as_json:
        write_values([asdict(made)])
        return
    lines = [
        f"{made.election}: archived in {made.folder}, {made.entries:,} entries of its ledger and {made.files:,} files.",
        *([] if made.closed_since else ["It is not closed, and every page says so."]),
        *([] if made.head else ["No head of its ledger was signed: nothing shows that nobody has replaced all of it."]),
        *(f"The pack: {fault}" for fault in made.faults),
    ]
    print_lines(notes, lines)


def delete(
    election: Annotated[
        str | None, typer.Argument(metavar="[ELECTION]", help="The id of the rehearsal or sandbox.", show_default=False)
    ] = None,
    all_tests: Annotated[
        bool, typer.Option("--all-tests", help="Delete every rehearsal and sandbox on the server.")
    ] = False,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Delete a rehearsal or a sandbox for good: ledger, results, keys and all. A real election is refused.

    Running services and readers are told. A sandbox that somebody still plays comes again with its next round.
    """
    from dataclasses import asdict

    from tallywire.cli.screen import write_values
    from tallywire.client.connection import open_connection
    from tallywire.evidence.anew import delete_test, is_test
    from tallywire.webhooks.administration import forget_deleted

    if (election is None) is not all_tests:
        raise typer.BadParameter("Name one election, or --all-tests.")
    with open_connection(redis) as connection:
        loaded = connection.elections() if all_tests else connection.choose(election)
        chosen = [each for each in loaded if is_test(connection, each)] if all_tests else loaded
        for each in chosen:
            deleted = delete_test(connection, each)
            forget_deleted(connection, each)
            if as_json:
                write_values([asdict(deleted)])
            else:
                typer.echo(f"{each}: deleted, {deleted.entries:,} entries of its ledger and {deleted.keys} keys.")
        if not chosen and not as_json:
            typer.echo("There is no rehearsal and no sandbox.")


def _send(connection: "Connection", election: str, message: "Submission", timeout_s: float, *, as_json: bool) -> None:
    """Send a message and print what became of it; end the command where it was not accepted."""
    from tallywire.cli.receipts import send_one

    became = send_one(connection, election, message, timeout_s, as_json=as_json)
    if became is not Exit.DONE:
        raise typer.Exit(became)
