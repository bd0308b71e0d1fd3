"""Options that several commands have."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from tallywire.client.errors import UsageError

DEFAULT_URL: Final = "redis://127.0.0.1:7379"
"""What ``tallywire run`` serves."""

DEFAULT_HTTP: Final = "127.0.0.1:8480"
"""Where count centres post, on this machine only."""

REDIS_VARIABLE: Final = "TALLYWIRE_REDIS_URL"

METRICS_VARIABLE: Final = "TALLYWIRE_METRICS"

HTTP_VARIABLE: Final = "TALLYWIRE_HTTP"

RECEIPT_TIMEOUT_S: Final = 10.0
"""A receipt takes milliseconds; a service that was just killed is back within two seconds."""


def _election_id(name: str | None) -> str | None:
    from tallywire.client.connection import can_be_election

    if name is not None and not can_be_election(name):
        raise typer.BadParameter(f"{name!r} is no election's id; one looks like pcc.2024-05-02.")
    return name


def _server_url(url: str | None) -> str | None:
    from tallywire.client.connection import check_url

    if url is not None:
        check_url(url)
    return url


def _endpoint(text: str | None) -> str | None:
    from tallywire.operations.endpoint import NO_METRICS, Endpoint

    if text is None or text in ("", NO_METRICS):
        return None
    try:
        Endpoint.read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return text


def _http_endpoint(text: str) -> str:
    from tallywire.operations.endpoint import Endpoint

    try:
        Endpoint.read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return text


RedisUrl = Annotated[
    str,
    typer.Option("--redis", envvar=REDIS_VARIABLE, metavar="URL", callback=_server_url, help="The server to use."),
]
OwnRedisUrl = Annotated[
    str | None,
    typer.Option(
        "--redis",
        envvar=REDIS_VARIABLE,
        metavar="URL",
        callback=_server_url,
        help="A server to use. (default: one of its own)",
    ),
]
Metrics = Annotated[
    str | None,
    typer.Option(
        "--metrics",
        envvar=METRICS_VARIABLE,
        metavar="[HOST:]PORT",
        callback=_endpoint,
        help="Serve health and metrics there over HTTP; a port alone is this machine's only.",
    ),
]
Http = Annotated[
    str,
    typer.Option(
        "--http",
        envvar=HTTP_VARIABLE,
        metavar="[HOST:]PORT",
        callback=_http_endpoint,
        help="Take declarations there over HTTP; a port alone is this machine's only.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print events as published, one a line.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0, metavar="SECONDS", help="How long to wait for the receipts.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A file, or - for standard input.")]
Election = Annotated[
    str | None, typer.Option("--election", metavar="ID", callback=_election_id, help="The election's id.")
]


def read(file: Path) -> bytes:
    """Return what is in a file named on the command line.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error


def read_declarations(file: Path) -> bytes:
    """Return what is in a file named on the command line, or the declarations recorded in a pack that is.

    Raises:
        UsageError: it cannot be read.
    """
    from tallywire.packs.faults import DECLARATIONS
    from tallywire.packs.pack import find_pack
    from tallywire.packs.pack_fault import PackError

    if file != Path("-") and not file.is_file():
        with suppress(PackError):
            return read(find_pack(file) / DECLARATIONS)
    return read(file)
