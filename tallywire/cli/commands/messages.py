"""Commands that send messages to an election and wait for their receipts."""

from collections.abc import Sequence
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
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Send declarations and say what became of each.

    FILE holds one declaration as JSON, or one a line. It goes to the election that lists its contest.
    A pack's folder, or a bundled election's id, stands for the declarations recorded in it: they go to that election.

    Exit code: 0 all accepted or known already, 1 any refused, 4 any without a receipt that says one or the other.
    """
    from tallywire.client.submissions import split_file

    content, pack_election = read_declarations(file)
    _send(split_file(content), redis, election or pack_election, timeout, as_json=as_json)


@election_app.command(epilog="Example: tallywire election load pcc.2024-05-02")
def load(
    pack: PackFolder,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Describe an election to the services: post the register of its pack. They pick it up at once.

    The declarations of the pack are not sent. To send them: tallywire declare DIR
    """
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.messages import register_event
    from tallywire.client.post import send
    from tallywire.client.submissions import Submission
    from tallywire.packs.pack import find_pack, read_register

    register, written = read_register(find_pack(pack))
    message = Submission("", register_event(register, written))
    with open_connection(redis) as connection:
        replies = send(connection, [message], [register.election], timeout, announce=True)
        raise typer.Exit(print_replies(replies, open_console(), as_json=as_json))


@election_app.command(epilog="Example: tallywire election amend electorate.json")
def amend(
    file: File,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Change facts of a loaded election: a candidate's name, an electorate.

    FILE holds one amendment as JSON, or one a line: {"ballot_id": "...", "electorate": 700000, "reason": "..."}
    """
    from tallywire.client.messages import amendment_event
    from tallywire.client.submissions import Submission, split_file

    parts = [Submission(part.place, amendment_event(part.content)) for part in split_file(read(file))]
    _send(parts, redis, election, timeout, as_json=as_json)


def _send(
    parts: "Sequence[Submission]", url: str, election: str | None, timeout_s: float, *, as_json: bool
) -> NoReturn:
    """Send the parts of a file, print what became of each, and end the command.

    Raises:
        RefusedError: nothing to send.
        NotThereError: its election is not loaded.
        UnclearElectionError: it cannot be told which election it belongs to. In all three cases nothing was sent.
        NoReceiptError: not everything was answered in time.
    """
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.post import send
    from tallywire.client.submissions import choose_elections

    if not parts:
        raise RefusedError("There is nothing in it to send.")
    with open_connection(url) as connection:
        replies = send(connection, parts, choose_elections(connection, parts, election), timeout_s)
        raise typer.Exit(print_replies(replies, open_console(), as_json=as_json))
