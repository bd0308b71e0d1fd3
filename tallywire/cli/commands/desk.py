"""Commands of the results desk: what waits, a contest's history, and deciding on what is held."""

import sys
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from tallywire.cli.group import Commands
from tallywire.cli.options import DEFAULT_URL, RECEIPT_TIMEOUT_S, Election, JsonValues, Key, RedisUrl, Timeout

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.hold import Decision

LOOK_EVERY_S: Final = 5.0
"""Between two looks of `--watch`: a desk has minutes, and a look at a general election takes a tenth of a second."""

HoldNumber = Annotated[int, typer.Argument(metavar="HOLD", min=1, help="The number of the hold.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in words. Public: write no figures.")]
OptionalWhy = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why, in words. Public: write no figures.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")]

desk_app = typer.Typer(
    cls=Commands, help="See what waits for the results desk, and confirm, reject or return what is held."
)


@desk_app.callback(invoke_without_command=True, epilog="Example: tallywire desk --election pcc.2024-05-02")
def desk(
    context: typer.Context,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every five seconds, until Ctrl-C.")] = False,
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print what waits: held, refused, overdue, under review, typed figures, parked, sent to no election."""
    from time import sleep

    from tallywire.cli.desk import print_desk
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.desk.overview import desk as look

    if context.invoked_subcommand is not None:
        return
    console = open_console()
    with open_connection(redis) as connection:
        print_desk(look(connection, election), console, programs=as_json)
        while watch:
            sleep(LOOK_EVERY_S)
            found = look(connection, election)
            if console.is_terminal and not as_json:
                console.clear()
            print_desk(found, console, programs=as_json)


@desk_app.command(epilog="Example: tallywire desk show pcc.norfolk.2024-05-02")
def show(
    ballot_id: Annotated[str, typer.Argument(metavar="BALLOT_ID", help="The contest.")],
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Print the whole history of a contest: what was sent about it, by whom, when, and what became of it."""
    from tallywire.cli.desk import print_history
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.errors import NotThereError
    from tallywire.client.snapshot import has_contest
    from tallywire.desk.history import history

    with open_connection(redis) as connection:
        found = [name for name in connection.choose(election) if has_contest(connection, name, ballot_id)]
        if not found:
            raise NotThereError(f"No election that is loaded has a contest {ballot_id}.")
        console = open_console()
        for name in found:
            print_history(history(connection, name, ballot_id), console, programs=as_json)


@desk_app.command(epilog="Example: tallywire desk confirm 17 --key anna.pem")
def confirm(
    hold: HoldNumber,
    *,
    key: Key = None,
    reason: OptionalWhy = None,
    yes: Yes = False,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Confirm a declaration that is held, after a look at its figures: it is judged again, and published.

    Exit code: 0 confirmed, 1 refused.
    """
    _decide(
        "confirm",
        hold,
        key=key,
        reason=reason,
        election=election,
        url=redis,
        timeout_s=timeout,
        ask=not yes,
        as_json=as_json,
    )


@desk_app.command(epilog='Example: tallywire desk reject 17 --key anna.pem --reason "Votes of two were exchanged"')
def reject(
    hold: HoldNumber,
    reason: Why,
    *,
    key: Key = None,
    yes: Yes = False,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Reject a declaration that is held: its sender is told why, and sends another one.

    Exit code: 0 rejected, 1 refused.
    """
    _decide(
        "reject",
        hold,
        key=key,
        reason=reason,
        election=election,
        url=redis,
        timeout_s=timeout,
        ask=not yes,
        as_json=as_json,
    )


@desk_app.command(
    "return", epilog='Example: tallywire desk return 17 --key anna.pem --reason "Look at the paper again"'
)
def give_back(
    hold: HoldNumber,
    reason: Why,
    *,
    key: Key = None,
    yes: Yes = False,
    election: Election = None,
    timeout: Timeout = RECEIPT_TIMEOUT_S,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Return a declaration that is held to its sender, to be looked at again.

    Exit code: 0 returned, 1 refused.
    """
    _decide(
        "return",
        hold,
        key=key,
        reason=reason,
        election=election,
        url=redis,
        timeout_s=timeout,
        ask=not yes,
        as_json=as_json,
    )


def _decide(
    decided: "Decision",
    hold: int,
    *,
    key: "Path | None",
    reason: str | None,
    election: str | None,
    url: str,
    timeout_s: float,
    ask: bool,
    as_json: bool,
) -> NoReturn:
    """Show what is held, ask, send the decision and print its receipt; end the command.

    Raises:
        UsageError: no key is given, or nobody can be asked.
        RefusedError: what is held cannot be seen, and would be confirmed unseen.
    """
    from tallywire.cli.desk import print_held, require_yes
    from tallywire.cli.exit_codes import Exit
    from tallywire.cli.receipts import print_replies
    from tallywire.cli.screen import open_console
    from tallywire.client.connection import open_connection
    from tallywire.client.errors import RefusedError, UsageError
    from tallywire.client.post import send
    from tallywire.client.signing import KEY_VARIABLE, read_key
    from tallywire.desk.decision import decision, look

    signing = read_key(key)
    if signing is None:
        raise UsageError(f"To {decided} is signed: name your key with --key FILE, or put it into {KEY_VARIABLE}.")
    with open_connection(url) as connection:
        chosen = connection.choose_one(election)
        held = look(connection, chosen, hold)
        still_open = held.state.end is None
        notes = open_console(stderr=as_json)
        if still_open and (ask or not as_json):
            print_held(held, notes)
        if still_open and ask and decided == "confirm" and held.declared is None:
            raise RefusedError("What is held cannot be seen here, and nobody confirms what nobody has seen.")
        if still_open and not require_yes(decided, notes, asked=ask, terminal=at_terminal()):
            notes.print("Nothing was decided.")
            raise typer.Exit(Exit.DONE)
        message = decision(held, decided, reason, signing)
        replies = send(connection, [message], [chosen], timeout_s)
        raise typer.Exit(print_replies(replies, open_console(), as_json=as_json))


def at_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty()
