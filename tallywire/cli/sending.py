"""Commands that send something to an election and wait for the answer."""

from typing import Annotated

import typer

from tallywire.cli.options import DEFAULT_URL, RECEIPT_TIMEOUT_S, Election, File, Json, RedisUrl, Timeout, read

election_app = typer.Typer(help="Load an election, or amend one that is loaded.", no_args_is_help=True)


def declare(
    file: File,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Send declarations and say what became of each.

    FILE holds one declaration as JSON, or one a line. It goes to the election that lists its contest.

    Exit code: 0 all accepted or known already, 1 any refused, 3 no server, 4 no receipt in time, or one with a status
    that this version does not know.
    """
    from tallywire.cli.screen import open_console
    from tallywire.client.declaring import declare as send
    from tallywire.client.desk import open_desk
    from tallywire.client.posting import Answers

    content = read(file)
    with open_desk(redis) as desk:
        raise typer.Exit(send(desk, content, election, Answers(open_console(), as_json, timeout)))


@election_app.command(epilog="Example: tallywire election load elections/pcc.2024-05-02")
def load(
    pack: Annotated[str, typer.Argument(metavar="DIR", help="A pack's folder, or a bundled election's id.")],
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: Json = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Describe an election to the services: post the register of its pack. They pick it up at once.

    The declarations of the pack are not sent. To send them: tallywire declare DIR/declarations.jsonl
    """
    from tallywire.cli.screen import open_console
    from tallywire.client.desk import open_desk
    from tallywire.client.loading import load as send
    from tallywire.client.loading import open_register
    from tallywire.client.posting import Answers

    register, written = open_register(pack)
    with open_desk(redis) as desk:
        raise typer.Exit(send(desk, register, written, Answers(open_console(), as_json, timeout)))


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
    from tallywire.cli.screen import open_console
    from tallywire.client.declaring import amend as send
    from tallywire.client.desk import open_desk
    from tallywire.client.posting import Answers

    content = read(file)
    with open_desk(redis) as desk:
        raise typer.Exit(send(desk, content, election, Answers(open_console(), as_json, timeout)))
