"""Commands that send messages to an election and wait for their receipts."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from tallywire.cli.group import Commands
from tallywire.cli.options import (
    DEFAULT_URL,
    RECEIPT_TIMEOUT_S,
    DeclarationFile,
    Election,
    File,
    Json,
    Key,
    PackFolder,
    RedisUrl,
    Timeout,
    common,
    read,
    read_declarations,
)
from tallywire.client.errors import RefusedError

if TYPE_CHECKING:
    from tallywire.client.submissions import Submission

election_app = typer.Typer(
    cls=Commands, callback=common, help="Load an election, or amend one that is loaded.", no_args_is_help=True
)


def declare(
    file: DeclarationFile,
    *,
    election: Election = None,
    key: Key = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Send declarations and say what became of each.

    FILE holds one declaration as JSON, or one a line. It goes to the election that lists its contest.
    A pack's folder, or a bundled election's id, stands for the declarations recorded in it: they go to that election.

    With --key each is signed; where it does not say which election it is for, or when it was made, that is added first.

    Exit code: 0 all accepted or known already, 1 any refused, 7 any held for a second person, 4 any without a receipt
    that says one or the other.
    """
    from tallywire.client.submissions import split_file

    content, pack_election = read_declarations(file)
    _send(split_file(content), redis, election or pack_election, timeout, key, as_json=as_json)


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

    With --key the election asks for signatures from then on, and the key is its operator's.
    """
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.messages import register_event
    from tallywire.client.post import send
    from tallywire.client.signing import read_key
    from tallywire.client.submissions import Submission, signed
    from tallywire.packs.pack import find_pack, read_register

    register, written = read_register(find_pack(pack))
    signing = read_key(key)
    content = register_event(register, written, None if signing is None else signing.public_key)
    message = signed(Submission("", content), register.election, signing)
    with open_connection(redis) as connection:
        replies = send(connection, [message], [register.election], timeout, announce=True)
        raise typer.Exit(print_replies(replies, open_console(), as_json=as_json))


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
