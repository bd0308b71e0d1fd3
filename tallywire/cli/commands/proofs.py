"""Commands that prove: that a ledger is whole, that all follows from it, and that it is the one it was."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import DEFAULT_URL, Election, JsonValues, RedisUrl, read

if TYPE_CHECKING:
    from tallywire.evidence.checkpoint import Checkpoint
    from tallywire.evidence.verification import Finding

Signed = Annotated[
    Path | None, typer.Option("--checkpoint", metavar="FILE", help="A signed head that was kept elsewhere.")
]
PublicKey = Annotated[
    Path | None, typer.Option("--public-key", metavar="FILE", help="The public key it was signed with.")
]


def verify(
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="[URL]",
            help="A publishing service, https://HOST, or an election there, by its URL; with the API key in "
            "TALLYWIRE_API_KEY if it asks for one.",
            show_default=False,
        ),
    ] = None,
    *,
    election: Election = None,
    checkpoint: Signed = None,
    public_key: PublicKey = None,
    operator_key: Annotated[
        str | None,
        typer.Option(
            "--operator-key", metavar="FILE|KEY_ID", help="The operator's key: the register has to be signed with it."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="EXPORT", help="Check an exported ledger; needs no server.")
    ] = None,
    max_age: Annotated[
        float | None,
        typer.Option(
            "--max-age",
            metavar="SECONDS",
            min=1,
            help="Of a publishing service: how long ago the signed head that it shows may have been signed.",
        ),
    ] = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Recompute everything from the ledger, compare it with what is there, and name the first difference.

    Checked are the ledger's chain, results, tallies, headlines, control, and the tables of the services; a service
    that is merely behind is said to be. Services may run meanwhile.

    Of a publishing service, by its URL, everything is recomputed from the ledger that it serves: the feed, and the
    pages at one cursor. --public-key is the key of whoever signs the ledger's head, which you have from elsewhere: the
    head that is shown has to be signed with it. Without it, a ledger that was replaced as a whole would pass.

    Exit code: 0 verified, 1 a difference, 3 nobody answers, 5 a ledger of a later release.
    """
    from tallywire.cli.findings import bar, print_finding
    from tallywire.cli.screen import open_console
    from tallywire.evidence.verification import Trusted
    from tallywire.evidence.whole_ledger import check_file, check_server

    if url is not None:
        findings = _over_http(url, election, checkpoint, public_key, operator_key, max_age, file)
    elif max_age is not None:
        raise typer.BadParameter("--max-age is for a publishing service: name its URL.")
    else:
        trusted = Trusted(read_checkpoint(checkpoint, public_key), read_key_id(operator_key))
        progress = bar(open_console(stderr=True))
        findings = (
            check_file(file, election, trusted, progress) if file else check_server(redis, election, trusted, progress)
        )
    found = [print_finding(finding, open_console(), as_json=as_json) for finding in findings]
    raise typer.Exit(Exit.DONE if all(found) else Exit.REFUSED)


def _over_http(  # noqa: PLR0917  # the options of the command
    url: str,
    election: str | None,
    checkpoint: Path | None,
    public_key: Path | None,
    operator_key: str | None,
    max_age: float | None,
    file: Path | None,
) -> "Iterator[Finding]":
    """Return what is found at a publishing service."""
    from tallywire.cli.findings import LONG_OVER_HTTP, bar
    from tallywire.cli.screen import open_console
    from tallywire.client.secret_variables import secret
    from tallywire.evidence.key_files import read_verifier
    from tallywire.evidence.verification import Trusted
    from tallywire.verifying.checking import Known, check_service

    if file is not None:
        raise typer.BadParameter("Name a URL or --file, not both.")
    if public_key is None and (checkpoint is not None or max_age is not None):
        raise typer.BadParameter("--checkpoint and --max-age need --public-key: who has signed the head?")
    head = None if checkpoint is None else read_checkpoint(checkpoint, public_key)
    known = Known(
        Trusted(head, read_key_id(operator_key)),
        None if public_key is None else read_verifier(public_key),
        None if max_age is None else timedelta(seconds=max_age),
        secret("TALLYWIRE_API_KEY"),
    )
    return check_service(url, election, known, bar(open_console(stderr=True), LONG_OVER_HTTP))


def checkpoint(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The private key: tallywire keys note FILE")],
    deposit: Annotated[
        bool, typer.Option("--deposit", help="Put it on the server, too: the publishing service shows it to everybody.")
    ] = False,
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Check the ledger's chain and print its signed head. Keep it where nobody keeps the server.

    With it, `tallywire verify` finds also what a ledger alone cannot show: that it was cut, or replaced as a whole.
    Nothing is deposited unless the ledger continues the head that the same key deposited before.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console, write_values
    from tallywire.evidence.key_files import read_signer
    from tallywire.evidence.whole_ledger import signed_head

    signer = read_signer(key)
    head = signed_head(redis, election, signer, bar(open_console(stderr=True)), deposit=deposit)
    if as_json:
        write_values([{"head": head}])
    else:
        typer.echo(head, nl=False)


def read_key_id(named: str | None) -> str | None:
    """Return the id of a key that was named by it, or by a file.

    Raises:
        UsageError, RefusedError: the file cannot be read, or holds no key.
    """
    from schemas.signatures import KEY_ID
    from tallywire.people.public_keys import read_public

    if named is None or KEY_ID.fullmatch(named):
        return named
    return read_public(read(Path(named)), named).key_id


def read_checkpoint(file: Path | None, public_key: Path | None) -> "Checkpoint | None":
    """Return the signed head that was named, if any.

    Raises:
        UsageError, RefusedError: it cannot be used, or its signature does not hold.
    """
    from tallywire.evidence.key_files import read_head

    if file is None and public_key is None:
        return None
    if file is None or public_key is None:
        raise typer.BadParameter("--checkpoint and --public-key belong together.")
    return read_head(file, public_key)
