"""Commands that prove: that a ledger is whole, that all follows from it, and that it is the one it was."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import DEFAULT_URL, Election, JsonValues, RedisUrl, read

if TYPE_CHECKING:
    from tallywire.evidence.checkpoint import Checkpoint

Signed = Annotated[
    Path | None, typer.Option("--checkpoint", metavar="FILE", help="A signed head that was kept elsewhere.")
]
PublicKey = Annotated[
    Path | None, typer.Option("--public-key", metavar="FILE", help="The public key it was signed with.")
]


def verify(
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
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Recompute everything from the ledger, compare it with what is there, and name the first difference.

    Checked are the ledger's chain, results, tallies, headlines, control, and the tables of the services; a service
    that is merely behind is said to be. Services may run meanwhile.

    Exit code: 0 verified, 1 a difference, 5 a ledger of a later release.
    """
    from tallywire.cli.findings import bar, print_finding
    from tallywire.cli.screen import open_console
    from tallywire.evidence.verification import Trusted
    from tallywire.evidence.whole_ledger import check_file, check_server

    trusted = Trusted(read_checkpoint(checkpoint, public_key), read_key_id(operator_key))
    progress = bar(open_console(stderr=True))
    findings = (
        check_file(file, election, trusted, progress) if file else check_server(redis, election, trusted, progress)
    )
    found = [print_finding(finding, open_console(), as_json=as_json) for finding in findings]
    raise typer.Exit(Exit.DONE if all(found) else Exit.REFUSED)


def checkpoint(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The private key: tallywire keys note FILE")],
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Check the ledger's chain and print its signed head. Keep it where nobody keeps the server.

    With it, `tallywire verify` finds also what a ledger alone cannot show: that it was cut, or replaced as a whole.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console, write_values
    from tallywire.evidence.key_files import read_signer
    from tallywire.evidence.whole_ledger import signed_head

    signer = read_signer(key)
    head = signed_head(redis, election, signer, bar(open_console(stderr=True)))
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
