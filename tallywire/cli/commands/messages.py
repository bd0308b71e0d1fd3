"""Commands that send messages to an election and wait for their receipts."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tallywire.cli.commands import after
from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import (
    DEFAULT_URL,
    PUBLIC_URL_VARIABLE,
    RECEIPT_TIMEOUT_S,
    DeclarationFile,
    Election,
    File,
    Json,
    Key,
    PackFolder,
    PublicUrl,
    RedisUrl,
    Timeout,
    common,
    read,
    read_declarations,
)
from tallywire.client.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from tallywire.client.submissions import Submission

election_app = typer.Typer(
    cls=Commands,
    callback=common,
    help="Load an election, amend it, close it, delete a rehearsal.",
    no_args_is_help=True,
)


Second = Annotated[
    Path | None,
    typer.Option("--second", metavar="FILE", help="The same declaration, typed by another person: it has to agree."),
]
SecondKey = Annotated[
    Path | None, typer.Option("--second-key", metavar="FILE", help="The other person's key: both entries are signed.")
]
ToFile = Annotated[
    Path | None, typer.Option("--to-file", metavar="FILE", help="Sign, and write a file for another device to send.")
]
QrCode = Annotated[
    str | None, typer.Option("--qr", metavar="-|FILE.svg", help="Sign, and show a QR code for another device to send.")
]


def declare(
    file: DeclarationFile,
    *,
    election: Election = None,
    key: Key = None,
    second: Second = None,
    second_key: SecondKey = None,
    to_file: ToFile = None,
    qr: QrCode = None,
    public_url: PublicUrl = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Send declarations and say what became of each.

    FILE holds one declaration as JSON, or one a line. It goes to the election that lists its contest.
    A pack's folder, or a bundled election's id, stands for the declarations recorded in it: they go to that election.

    With --key each is signed; where it does not say which election it is for, or when it was made, that is added first.

    Without a network: --to-file or --qr carries one signed declaration to another device, and `tallywire declare` of
    that file, or of the URL in the code, sends it from there, without the key. To send it twice is harmless.

    Exit code: 0 all accepted or known already, 1 any refused, 7 any held for a second person, 4 any without a receipt
    that says one or the other.
    """
    from tallywire.client.carried import from_url
    from tallywire.client.signing import open_signed_file
    from tallywire.client.submissions import Submission, split_file
    from tallywire.people.two_entries import read_typed, require_agreement

    url = str(file) if str(file).startswith(("http:/", "https:/")) else None
    content, pack_election = (from_url(url), None) if url is not None else read_declarations(file)
    if content is None:
        raise RefusedError(
            "There is no signed declaration in that URL. It may be cut: take all of it, or scan it again."
        )
    if second is not None:
        require_agreement(read_typed(content, str(file)), read_typed(read(second), str(second)))
    elif second_key is not None:
        raise typer.BadParameter("--second-key signs the entry in --second FILE: name that, too.")
    named, carried = election or pack_election, open_signed_file(content)
    if to_file is not None or qr is not None:
        if carried is None:
            content = _sign_one(content, str(file), named, key)
        _carry(content, to_file, qr, public_url)
    elif carried is not None:
        _send([Submission("", carried[1], carried[0])], redis, election, timeout, None, as_json=as_json)
    elif second is not None and second_key is not None:
        _declare_two((content, read(second)), (key, second_key), redis, election, timeout, as_json=as_json)
    else:
        _send(split_file(content), redis, named, timeout, key, as_json=as_json)


def _sign_one(content: bytes, called: str, election: str | None, key: Path | None) -> bytes:
    """Return one declaration, signed, as a file. No server is asked.

    Raises:
        UsageError: there is no key, or it is not clear which election it is for.
        RefusedError: it is not one declaration.
    """
    from tallywire.client.signing import completed, require_key, signed_file
    from tallywire.people.two_entries import read_typed

    signing = require_key(key)
    typed = read_typed(content, called)
    named = typed.event.get("election") or election
    if not isinstance(named, str):
        raise UsageError("A signed declaration says which election it is for. Say which with --election ID.")
    message = completed(content, named)
    return signed_file(signing.sign(message), message)


def _carry(carried: bytes, to_file: Path | None, qr: str | None, public_url: str | None) -> None:
    """Write a signed declaration to a file, and show it as a QR code.

    Raises:
        UsageError: a file is there already or cannot be written, or nobody has said where the code leads.
        RefusedError: it is too long for a code.
    """
    from tallywire.cli.screen import open_console
    from tallywire.client.carried import as_svg, as_url, in_terminal, qr_code
    from tallywire.client.signing import write_private

    if qr is not None and public_url is None:
        raise UsageError(f"Say where the QR code leads with --public-url URL, or in {PUBLIC_URL_VARIABLE}.")
    if to_file is not None:
        write_private(to_file, carried)
        typer.echo(f"{to_file} is signed. From any device: tallywire declare {to_file.name}", err=True)
    if qr is not None and public_url is not None:
        code = qr_code(as_url(public_url, carried))
        if qr == "-":
            console = open_console()
            typer.echo(in_terminal(code, console.width if console.is_terminal else None), nl=False)
        else:
            write_private(Path(qr), as_svg(code))


def _declare_two(
    contents: tuple[bytes, bytes],
    keys: tuple[Path | None, Path],
    url: str,
    election: str | None,
    timeout_s: float,
    *,
    as_json: bool,
) -> NoReturn:
    """Send two people's entries of the same figures, then the declaration that cites both; end the command.

    Raises:
        NoReceiptError: not everything was answered in time.
    """
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.post import Reply, send
    from tallywire.client.signing import require_key
    from tallywire.client.submissions import Submission, choose_elections
    from tallywire.people.two_entries import citing, entry_of, read_typed

    typed = [read_typed(content, "FILE") for content in contents]
    signing = [require_key(key) for key in keys]
    console = open_console()
    with open_connection(url) as connection:
        chosen = choose_elections(connection, [Submission("", contents[0])], election)
        found: list[Reply] = []

        def sent(message: Submission) -> Exit:
            # Where it is not answered in time, this raises.
            replies = list(send(connection, [message], chosen, timeout_s))
            found.extend(reply for _, reply in replies)
            return print_replies(replies, console, as_json=as_json)

        codes = [sent(entry_of(*one, chosen[0])) for one in zip(typed, signing, strict=True)]
        if Exit.REFUSED in codes:
            raise typer.Exit(Exit.REFUSED)
        if Exit.WAITING not in codes:
            # Entries are on the ledger only together with the declaration that cites them.
            raise typer.Exit(Exit.DONE)
        one, other = (str(reply.receipt.data.digest) for reply in found)
        raise typer.Exit(sent(citing(typed[0], (one, other), chosen[0], signing[0])))


@election_app.command(epilog="Example: tallywire election load pcc.2024-05-02")
def load(
    pack: PackFolder,
    key: Key = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Describe an election to the services: post the register of its pack. They pick it up at once.

    The declarations of the pack are not sent. To send them: tallywire declare DIR

    A map of its own, map.geojson, is shown on the board.

    With --key the election asks for signatures from then on, and the key is its operator's.
    """
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.messages import register_event
    from tallywire.client.post import send
    from tallywire.client.signing import read_key
    from tallywire.client.submissions import Submission, signed
    from tallywire.packs.depositing import deposit_map
    from tallywire.packs.pack import find_pack, read_map, read_register

    folder = find_pack(pack)
    register, written = read_register(folder)
    areas = read_map(folder, register)
    signing = read_key(key)
    content = register_event(register, written, None if signing is None else signing.public_key)
    message = signed(Submission("", content), register.election, signing)
    with open_connection(redis) as connection:
        announce = partial(connection.announce, operator=None if signing is None else signing.key_id)
        replies = send(connection, [message], [register.election], timeout, announce=announce)
        became = print_replies(replies, open_console(), as_json=as_json)
        if became is Exit.DONE:
            deposit_map(connection, register.election, areas)
        raise typer.Exit(became)


election_app.command(epilog="Example: tallywire election close pcc.2024-05-02 --key operator.key --head-key night.key")(
    after.close
)
election_app.command(epilog="Example: tallywire election archive pcc.2024-05-02 --to archive-pcc-2024")(after.archive)
election_app.command(
    epilog='Example: tallywire election reopen pcc.2024-05-02 --key operator.key --reason "Ordered by the court"'
)(after.reopen)
election_app.command(epilog="Example: tallywire election delete rehearsal.pcc.2024-05-02")(after.delete)


@election_app.command(epilog="Example: tallywire election amend electorate.json")
def amend(
    file: File,
    *,
    election: Election = None,
    key: Key = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Change facts of a loaded election: a candidate's name, an electorate.

    FILE holds one amendment as JSON, or one a line: {"ballot_id": "...", "electorate": 700000, "reason": "..."}
    """
    from tallywire.client.submissions import split_file

    _send(split_file(read(file)), redis, election, timeout, key, as_json=as_json, amendments=True)


def _send(
    parts: "Sequence[Submission]",
    url: str,
    election: str | None,
    timeout_s: float,
    key: Path | None,
    *,
    as_json: bool,
    amendments: bool = False,
) -> NoReturn:
    """Send the parts of a file, print what became of each, and end the command.

    Args:
        parts: the parts.
        url: the server.
        election: where they go, where that was said.
        timeout_s: seconds to wait for the receipts.
        key: the file with the key that signs them.
        as_json: print the receipts as published.
        amendments: whether the parts may be amendments without an event around them.

    Raises:
        RefusedError: nothing to send, or the key is none.
        NotThereError: its election is not loaded.
        UnclearElectionError: it cannot be told which election it belongs to. In all these cases nothing was sent.
        NoReceiptError: not everything was answered in time.
    """
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.post import send
    from tallywire.client.signing import read_key
    from tallywire.client.submissions import as_events, choose_elections, is_test, signed

    if not parts:
        raise RefusedError("There is nothing in it to send.")
    signing = read_key(key)
    with open_connection(url) as connection:
        elections = choose_elections(connection, as_events(parts) if amendments else parts, election)
        if amendments:
            parts = as_events(parts, [is_test(connection, chosen) for chosen in elections])
        messages = [signed(part, chosen, signing) for part, chosen in zip(parts, elections, strict=True)]
        raise typer.Exit(
            print_replies(send(connection, messages, elections, timeout_s), open_console(), as_json=as_json)
        )
