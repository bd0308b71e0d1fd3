"""Commands that serve: everything together, one service alone, and the question whether it is well."""

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.options import (
    API_KEYS_VARIABLE,
    DEFAULT_DATA,
    DEFAULT_HTTP,
    DEFAULT_PORT,
    DEFAULT_PUBLISHING_HTTP,
    DEFAULT_URL,
    FinalStop,
    Http,
    JsonValues,
    Licence,
    Metrics,
    PackFolder,
    Proxy,
    PublishingHttp,
    PublishingUrl,
    RedisUrl,
    Telephone,
)

if TYPE_CHECKING:
    from streams.faststream_adapter import Router
    from streams.hooks import ServiceHooks
    from tallywire.operations.traces import Traces


class Service(StrEnum):
    """The services."""

    ingest = "ingest"
    aggregate = "aggregate"
    notify = "notify"
    posting = "posting"
    publishing = "publishing"
    desk = "desk"
    webhooks = "webhooks"


SPEED = 60.0
"""How fast a sandbox is played, unless told otherwise: a night of twelve hours in twelve minutes."""

Speed = Annotated[
    float, typer.Option(min=0.01, max=1_000_000, metavar="N", help="Of the sandbox: N times the recorded speed.")
]

PIPELINE = (Service.ingest, Service.aggregate, Service.notify)
"""Those without which nothing is published."""


def run(
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", file_okay=False, help="Where data is kept between runs.")
    ] = DEFAULT_DATA,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the server, on this machine only.")
    ] = DEFAULT_PORT,
    leave_server: Annotated[bool, typer.Option("--leave-server", help="Let the server live on at the end.")] = False,
    metrics: Metrics = None,
    http: Http = DEFAULT_HTTP,
    *,
    sandbox: Annotated[
        str | None,
        typer.Option(
            metavar="PACK",
            help="Play a pack's night over and over as the election sandbox.ID, for developers who follow the feed.",
        ),
    ] = None,
    speed: Speed = SPEED,
    as_json: JsonValues = False,
) -> None:
    """Run everything: the embedded server, the three services and the posting service, until Ctrl-C.

    What was accepted is kept; starting again goes on from there. Metrics are served on the port named and those
    after it, one for each service.
    """
    from tallywire.cli.run_report import PrintedReport, WrittenReport
    from tallywire.cli.screen import open_console
    from tallywire.embedded.run import Sandbox
    from tallywire.embedded.run import run as run_everything
    from tallywire.embedded.server import EmbeddedServer
    from tallywire.operations.endpoint import Endpoint
    from tallywire.operations.logs import log_to_stderr
    from tallywire.packs.pack import find_pack

    log_to_stderr()
    played = Sandbox(str(find_pack(sandbox)), speed) if sandbox is not None else None
    endpoint = Endpoint.read(metrics) if metrics else None
    server = EmbeddedServer(data, port=port)
    report = WrittenReport() if as_json else PrintedReport(open_console())
    run_everything(
        report, server, leave_server=leave_server, http=Endpoint.read(http), metrics=endpoint, sandbox=played
    )


def sandbox(
    pack: PackFolder,
    speed: Speed = SPEED,
    pause: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Between one round and the next.")] = 30,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Play a pack's night over and over as the election sandbox.ID, until Ctrl-C; each round is a new history.

    For developers who follow the feed. Everything in it is marked as a test, and unsigned; other elections on the
    server are left alone.
    """
    import signal
    import threading

    from tallywire.demo.sandbox import play_over_and_over
    from tallywire.operations.logs import log_to_stderr
    from tallywire.packs.pack import find_pack, read_pack

    log_to_stderr()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    play_over_and_over(read_pack(find_pack(pack)), speed, redis, pause, stopping)


def _key_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name):
        raise typer.BadParameter("a name has up to 100 letters, digits, dashes and underscores.")
    return name


def ingest(redis: RedisUrl = DEFAULT_URL, metrics: Metrics = None, final_stop: FinalStop = Exit.STAGE_FAILED) -> None:
    """Run ingest: reads declarations, writes the ledger, and a receipt for each."""
    from services.ingest.service import STAGE, router

    _serve(STAGE, router, redis, metrics, final_stop)


def aggregate(
    redis: RedisUrl = DEFAULT_URL, metrics: Metrics = None, final_stop: FinalStop = Exit.STAGE_FAILED
) -> None:
    """Run aggregate: reads the ledger, writes results and tallies."""
    from services.aggregate.service import STAGE, router

    _serve(STAGE, router, redis, metrics, final_stop)


def notify(redis: RedisUrl = DEFAULT_URL, metrics: Metrics = None, final_stop: FinalStop = Exit.STAGE_FAILED) -> None:
    """Run notify: reads results, writes headlines."""
    from services.notify.service import STAGE, router

    _serve(STAGE, router, redis, metrics, final_stop)


def posting(
    redis: RedisUrl = DEFAULT_URL,
    http: Http = DEFAULT_HTTP,
    proxy: Proxy = "",
    licence: Licence = "",
    public_url: PublishingUrl = "",
    *,
    metrics: Metrics = None,
    desk_telephone: Telephone = "",
    publishing: Annotated[
        bool, typer.Option("--publishing", help="Publish at the same address, too, as `tallywire run` does.")
    ] = False,
    desk: Annotated[
        bool,
        typer.Option(
            "--desk/--no-desk",
            help="Serve the desk at the same address, too, as `tallywire run` does; --redis names its own user.",
        ),
    ] = False,
) -> None:
    """Run the posting service: count centres post declarations to it over HTTP, and get their receipts."""
    from tallywire.operations.endpoint import Endpoint
    from tallywire.operations.logs import log_to_stderr
    from tallywire.posting.server import serve
    from tallywire.posting.settings import Settings as PostingSettings
    from tallywire.web.proxies import read_proxies

    log_to_stderr()
    said = PostingSettings(public_url, redis if desk else "", desk_telephone)
    measured = Endpoint.read(metrics) if metrics else None
    if publishing:
        from tallywire.embedded.both_services import serve as serve_both
        from tallywire.publishing.settings import NO_LICENCE, Settings

        settings = Settings(licence or NO_LICENCE, public_url=public_url)
        serve_both(redis, Endpoint.read(http), settings, read_proxies(proxy), said, metrics=measured)
    else:
        serve(redis, Endpoint.read(http), read_proxies(proxy), said, metrics=measured)


def publishing(
    redis: RedisUrl = DEFAULT_URL,
    http: PublishingHttp = DEFAULT_PUBLISHING_HTTP,
    proxy: Proxy = "",
    licence: Licence = "",
    public_url: PublishingUrl = "",
    *,
    metrics: Metrics = None,
    readers: Annotated[int, typer.Option(min=1, max=100_000, help="Readers of feeds at once.")] = 20_000,
    stream_seconds: Annotated[
        float | None,
        typer.Option(min=1, help="How long a stream lasts; 300 behind a cache that shares one among its readers."),
    ] = None,
    api_keys: Annotated[
        Path | None,
        typer.Option(
            "--api-keys",
            envvar=API_KEYS_VARIABLE,
            metavar="FILE",
            help="Let only those read who have an API key in FILE, each as much as it says. (default: everybody)",
        ),
    ] = None,
    replica: Annotated[
        bool, typer.Option("--replica", help="The server is a stand-by: read from it alone, and write no heartbeat.")
    ] = False,
) -> None:
    """Run the publishing service: how elections stand, what happens, and what proves it, over HTTP."""
    from tallywire.operations.endpoint import Endpoint
    from tallywire.operations.logs import log_to_stderr
    from tallywire.publishing.server import serve
    from tallywire.publishing.settings import NO_LICENCE, Settings
    from tallywire.web.proxies import read_proxies

    log_to_stderr()
    settings = Settings(licence or NO_LICENCE, readers, stream_seconds or float("inf"), public_url, api_keys)
    measured = Endpoint.read(metrics) if metrics else None
    serve(redis, Endpoint.read(http), settings, read_proxies(proxy), replica=replica, metrics=measured)


def api_key(
    name: Annotated[str, typer.Argument(metavar="NAME", callback=_key_name, help="Whose it is to be.")],
    requests: Annotated[int, typer.Option(min=1, max=1_000_000, help="Requests a minute.")] = 600,
    streams: Annotated[int, typer.Option(min=0, max=100_000, help="Streams at once.")] = 20,
    as_json: JsonValues = False,
) -> None:
    """Draw an API key for a reader, and print what `tallywire publishing --api-keys FILE` is to know of it.

    The key itself is printed on standard error, once: whoever it is for needs it, and the file does not have it.
    """
    from tallywire.cli.group import say
    from tallywire.cli.screen import write_values
    from tallywire.publishing.api_keys import draw_key

    key, part = draw_key(name, requests, streams)
    if as_json:
        write_values([{"name": name, "key": key, "part": part}])
        return
    say(f"The key of {name}: {key}")
    typer.echo(part)


def _serve(service: str, router: "Router", url: str, metrics: str | None, final_stop: int) -> None:
    """Run a service until it is told to stop, with health and metrics at an endpoint if one is named.

    Raises:
        typer.Exit: it has stopped because going on would do harm; the exit code is ``final_stop``.
        NoServerError: nothing can be served at the endpoint.
    """
    from streams.errors import StageFailed
    from tallywire.cli.exit_codes import sentence
    from tallywire.cli.group import say
    from tallywire.operations.logs import log_to_stderr
    from tallywire.operations.traces import tracing

    log_to_stderr()
    try:
        with tracing(service) as traces:
            _serve_until_told(service, router, url, metrics, traces)
    except StageFailed as failure:
        told = "" if final_stop == Exit.STAGE_FAILED else f" (Exit code {final_stop}, as --final-stop-exit says.)"
        say(sentence(failure) + told)
        raise typer.Exit(final_stop) from failure


def _serve_until_told(service: str, router: "Router", url: str, metrics: str | None, traces: "Traces | None") -> None:
    from services.shell import serve
    from streams.faststream_adapter import Broker
    from streams.hooks import NO_HOOKS
    from tallywire.operations.traces import TracedService

    def traced(hooks: "ServiceHooks") -> "ServiceHooks":
        return hooks if traces is None else TracedService(hooks, traces)

    if metrics is None:
        serve(Broker(url, router, traced(NO_HOOKS)), service)
        return
    from tallywire.operations.endpoint import Endpoint
    from tallywire.operations.metrics import Metrics
    from tallywire.operations.web import application, served

    counted = Metrics(service)
    broker = Broker(url, router, traced(counted))
    with served(Endpoint.read(metrics), application(broker.status, counted)):
        serve(broker, service)


def health(
    service: Annotated[
        Service | None, typer.Argument(help="The service; the three of the pipeline when none is named.")
    ] = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Say whether the services on this machine are live, ready and at work. Exit code 1 when one of them is not."""
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.operations.health import check_health

    found = {name: check_health(redis, name) for name in ([service] if service else PIPELINE)}
    if as_json:
        write_values({"service": name, "healthy": each.ok, "message": each.message} for name, each in found.items())
    else:
        # That the server is away is one sentence, whichever services are asked for.
        print_lines(open_console(), dict.fromkeys(each.message for each in found.values()))
    raise typer.Exit(Exit.DONE if all(each.ok for each in found.values()) else Exit.REFUSED)
