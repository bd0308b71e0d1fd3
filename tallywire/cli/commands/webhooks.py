"""Commands about webhooks: the worker that sends them, and the endpoints that they go to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import (
    DEFAULT_URL,
    QUIETEST,
    Ballots,
    Bodies,
    Election,
    EventTypes,
    JsonValues,
    Kinds,
    Metrics,
    Parties,
    Priority,
    RedisUrl,
    Regions,
    common,
    filter_parameters,
)

if TYPE_CHECKING:
    from tallywire.webhooks.endpoints import Endpoint

webhooks_app = typer.Typer(
    cls=Commands,
    callback=common,
    help="Send events to subscribers over HTTP, signed, until each has taken them.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The endpoint's name.")]


@webhooks_app.command(epilog="Example: tallywire webhooks run --redis redis://results:6379")
def run(redis: RedisUrl = DEFAULT_URL, metrics: Metrics = None) -> None:
    """Run the worker: sends each event to every endpoint that wants it. A second one stands by."""
    from tallywire.operations.endpoint import Endpoint
    from tallywire.operations.logs import log_to_stderr
    from tallywire.webhooks.worker import serve

    log_to_stderr()
    serve(redis, Endpoint.read(metrics) if metrics else None)


@webhooks_app.command(epilog="Example: tallywire webhooks add bbc https://example.org/tallywire --type headline")
def add(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where events are posted to.")],
    *,
    election: Election = None,
    types: EventTypes = None,
    kind: Kinds = None,
    priority: Priority = QUIETEST,
    party: Parties = None,
    region: Regions = None,
    body: Bodies = None,
    ballot: Ballots = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Begin with the first event of each election, not with the next one.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let it be at an address that only our own network can reach.")
    ] = False,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Add an endpoint, and print its secret, once: the receiver needs it to know that events are ours.

    It gets all elections but rehearsals, unless one is named.
    """
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import add as added

    lists = {"type": types, "kind": kind, "party": party, "region": region, "body": body, "ballot": ballot}
    with open_connection(redis) as connection:
        endpoint = added(
            connection,
            name,
            url,
            parameters=filter_parameters(priority, **lists),
            elections=(election,) if election else (),
            from_start=from_start,
            allow_private=allow_private,
        )
    _print_secret(endpoint, f"{name} is added.", as_json=as_json)


@webhooks_app.command(epilog="Example: tallywire webhooks rotate bbc --overlap 48")
def rotate(
    name: Name,
    *,
    overlap: Annotated[
        float,
        typer.Option(min=0, max=720, metavar="HOURS", help="How long events are signed with the old secret, too."),
    ] = 24,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Give an endpoint a new secret, and print it, once. For a while events are signed with both."""
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import rotate as rotated

    with open_connection(redis) as connection:
        endpoint = rotated(connection, name, overlap * 3_600)
    _print_secret(endpoint, f"{name} has a new secret; the old one is good for {overlap:g} hours.", as_json=as_json)


@webhooks_app.command("test", epilog="Example: tallywire webhooks test bbc")
def send_test(name: Name, *, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL) -> None:
    """Send a test event to an endpoint from here, and say what was answered. Exit code 1 when it was not taken."""
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import find, try_endpoint

    with open_connection(redis) as connection:
        endpoint = find(connection, name)
    outcome = try_endpoint(endpoint)
    if as_json:
        write_values([{"endpoint": name, "delivered": outcome.delivered, "answer": outcome.said}])
    else:
        print_lines(open_console(), (f"{'delivered' if outcome.delivered else 'not delivered'}: {outcome.said}",))
    raise typer.Exit(Exit.DONE if outcome.delivered else Exit.REFUSED)


@webhooks_app.command("list", epilog="Example: tallywire webhooks list")
def list_all(*, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL) -> None:
    """Say of each endpoint whether it takes events, how far behind it is, and what is parked."""
    from tallywire.cli.endpoint_list import print_endpoints
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import listed

    with open_connection(redis) as connection:
        found = listed(connection)
    print_endpoints(found, as_json=as_json)


@webhooks_app.command(epilog="Example: tallywire webhooks pause bbc")
def pause(name: Name, *, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL) -> None:
    """Send nothing to an endpoint for now. Its place is kept."""
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import pause as paused

    with open_connection(redis) as connection:
        paused(connection, name)
    _say(name, "paused", "Its place is kept; `tallywire webhooks resume` goes on from there.", as_json=as_json)


@webhooks_app.command(epilog="Example: tallywire webhooks resume bbc")
def resume(name: Name, *, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL) -> None:
    """Go on with an endpoint that was paused, or has answered with 410, from its place."""
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import resume as resumed

    with open_connection(redis) as connection:
        resumed(connection, name)
    _say(name, "resumed", "It goes on from its place.", as_json=as_json)


@webhooks_app.command(epilog="Example: tallywire webhooks replay bbc --parked")
def replay(
    name: Name,
    *,
    parked: Annotated[bool, typer.Option("--parked", help="What is parked, of every election.")] = False,
    after: Annotated[
        str | None, typer.Option("--after", metavar="CURSOR", help="What comes after a cursor; 0 is the beginning.")
    ] = None,
    from_event: Annotated[
        str | None,
        typer.Option("--from", metavar="STREAM:NUMBER", help="From an event on, by its sequence: results:12"),
    ] = None,
    election: Election = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Send an endpoint again what it has had, or what is parked. Ids stay: who remembers them takes nothing twice."""
    from tallywire.client.connection import open_connection
    from tallywire.publishing.history import STREAMS
    from tallywire.webhooks.administration import replay as replayed
    from tallywire.webhooks.endpoints import Replay

    if sum((parked, after is not None, from_event is not None)) != 1:
        raise typer.BadParameter("Say what: --parked, --after CURSOR or --from STREAM:NUMBER.")
    stream, _, number = (from_event or "").partition(":")
    if from_event is not None and (stream not in STREAMS or not number.isdecimal() or int(number) < 1):
        raise typer.BadParameter(
            f"{from_event!r} names no event. Streams are: {', '.join(STREAMS)}. Numbers begin at 1."
        )
    with open_connection(redis) as connection:
        chosen = "" if parked else connection.choose_one(election)
        asked = Replay(election=chosen, cursor=after or "", stream=stream, sequence=int(number or 0))
        replayed(connection, name, asked)
    _say(name, "replaying", "The worker sends it again, in order.", as_json=as_json)


@webhooks_app.command(epilog="Example: tallywire webhooks remove bbc")
def remove(name: Name, *, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL) -> None:
    """Remove an endpoint, its secrets and its place."""
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import remove as removed

    with open_connection(redis) as connection:
        removed(connection, name)
    _say(name, "removed", "Nothing is sent there any more.", as_json=as_json)


@webhooks_app.command(epilog="Example: tallywire webhooks save endpoints.private")
def save(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; one that is there is never replaced.")],
    *,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Write every endpoint to a file, with its secrets: backups of elections do not have them."""
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import save as saved

    with open_connection(redis) as connection:
        names = saved(connection, file)
    _say_all(
        names, "saved", f"{len(names)} saved. Whoever has the file can sign as we do: keep it as the keys.", as_json
    )


@webhooks_app.command(epilog="Example: tallywire webhooks restore endpoints.private")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `tallywire webhooks save` has written.")],
    *,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Bring back the endpoints of a file that are not there, with their secrets. Each gets again what it has had."""
    from tallywire.client.connection import open_connection
    from tallywire.webhooks.administration import restore as restored

    with open_connection(redis) as connection:
        names = restored(connection, file)
    _say_all(names, "restored", f"{len(names)} restored; others of the file are there already.", as_json)


def _say_all(names: list[str], what: str, sentence: str, as_json: bool) -> None:
    from tallywire.cli.screen import open_console, print_lines, write_values

    if as_json:
        write_values({"endpoint": name, "done": what} for name in names)
    else:
        print_lines(open_console(), (*names, sentence))


def _say(name: str, what: str, more: str, *, as_json: bool) -> None:
    from tallywire.cli.screen import open_console, print_lines, write_values

    if as_json:
        write_values([{"endpoint": name, "done": what}])
    else:
        print_lines(open_console(), (f"{name}: {what}. {more}",))


def _print_secret(endpoint: "Endpoint", sentence: str, *, as_json: bool) -> None:
    from tallywire.cli.screen import open_console, print_lines, write_values

    secret = endpoint.secrets[0].text
    if as_json:
        write_values([{"endpoint": endpoint.name, "secret": secret}])
        return
    print_lines(
        open_console(),
        (sentence, f"secret {secret}", "It is shown this once. Give it to the receiver, by a way that nobody reads."),
    )
