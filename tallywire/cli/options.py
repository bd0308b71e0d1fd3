"""Options that several commands have."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tallywire.client.errors import UsageError, file_error
from tallywire.client.secret_variables import secret

DEFAULT_DATA: Final = Path("tallywire-data")
"""Where ``tallywire run`` keeps data: in the current folder."""

DEFAULT_PORT: Final = 7379
"""Where the server of ``tallywire run`` listens, and every command looks. Redis's own 6379 stays free."""

DEFAULT_URL: Final = f"redis://127.0.0.1:{DEFAULT_PORT}"
"""What ``tallywire run`` serves."""

DEFAULT_HTTP: Final = "127.0.0.1:8480"
"""Where count centres post, on this machine only."""

DEFAULT_PUBLISHING_HTTP: Final = "127.0.0.1:8481"
"""Where subscribers read, on this machine only."""

REDIS_VARIABLE: Final = "TALLYWIRE_REDIS_URL"

METRICS_VARIABLE: Final = "TALLYWIRE_METRICS"

HTTP_VARIABLE: Final = "TALLYWIRE_HTTP"

PUBLISHING_HTTP_VARIABLE: Final = "TALLYWIRE_PUBLISHING_HTTP"

LICENCE_VARIABLE: Final = "TALLYWIRE_LICENCE"

API_KEYS_VARIABLE: Final = "TALLYWIRE_API_KEYS"

PROXY_VARIABLE: Final = "TALLYWIRE_PROXY"

PUBLIC_URL_VARIABLE: Final = "TALLYWIRE_PUBLIC_URL"

TELEPHONE_VARIABLE: Final = "TALLYWIRE_DESK_TELEPHONE"

FINAL_STOP_VARIABLE: Final = "TALLYWIRE_FINAL_STOP_EXIT"

RECEIPT_TIMEOUT_S: Final = 10.0
"""A receipt takes milliseconds; a service that was just killed is back within two seconds."""


def _election_id(name: str | None) -> str | None:
    from tallywire.client.connection import can_be_election

    if name is not None and not can_be_election(name):
        raise typer.BadParameter(f"{name!r} is no election's id; one looks like pcc.2024-05-02.")
    return name


def _server_url(ctx: typer.Context, param: typer.CallbackParam, url: str | None) -> str | None:
    from tallywire.client.connection import check_url

    source = ctx.get_parameter_source(param.name or "")
    if source is None or source.name != "COMMANDLINE":
        # typer reads the variable itself; the file that may stand in its place is ours to read.
        url = secret(REDIS_VARIABLE) or url
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


def _board_endpoint(text: str | None) -> str | None:
    return None if text is None else _http_endpoint(text)


def _public_url(text: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise typer.BadParameter(f"{text!r} is no URL that links can begin with, like https://results.example.org")
    return text


def _proxies(text: str) -> str:
    from tallywire.web.proxies import read_proxies

    try:
        read_proxies(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}. Name addresses or networks, with commas between them.") from error
    return text


def _telephone(text: str) -> str:
    # Whatever is shown may be dialled, too.
    if text and not re.fullmatch(r"\+?[0-9][0-9 ()-]{2,38}[0-9]", text, re.ASCII):
        raise typer.BadParameter(f"{text!r} is no telephone number, like 01632 960 112")
    return text


def _bundled(incomplete: str) -> list[str]:
    """Return the ids of bundled elections that begin so, for a shell that completes a word."""
    from tallywire.packs.pack import bundled_packs

    return [election for election in bundled_packs() if election.startswith(incomplete)]


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
FinalStop = Annotated[
    int,
    typer.Option(
        "--final-stop-exit",
        envvar=FINAL_STOP_VARIABLE,
        min=0,
        max=255,
        metavar="CODE",
        help="Exit code when the service stops for good; 0 where anything else is restarted, as by Docker.",
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
BoardHttp = Annotated[
    str | None,
    typer.Option(
        "--http",
        metavar="[HOST:]PORT",
        callback=_board_endpoint,
        help=f"Where the board is served. (default: {DEFAULT_PUBLISHING_HTTP}, or any port where that is taken)",
    ),
]

PublishingHttp = Annotated[
    str,
    typer.Option(
        "--http",
        envvar=PUBLISHING_HTTP_VARIABLE,
        metavar="[HOST:]PORT",
        callback=_http_endpoint,
        help="Publish there over HTTP; a port alone is this machine's only.",
    ),
]
Licence = Annotated[
    str,
    typer.Option(
        "--licence",
        envvar=LICENCE_VARIABLE,
        metavar="TEXT",
        show_default=False,
        help="Under which licence the feed may be used; every document names it. (default: not stated)",
    ),
]
Proxy = Annotated[
    str,
    typer.Option(
        "--proxy",
        envvar=PROXY_VARIABLE,
        metavar="ADDRESS[,...]",
        callback=_proxies,
        show_default=False,
        help="Reverse proxies, as addresses or networks, whose X-Forwarded-For and X-Forwarded-Proto are believed. "
        "(default: nobody's)",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print events as published, one a line.")]
JsonValues = Annotated[bool, typer.Option("--json", help="Print for programs: JSON, one value a line.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0, metavar="SECONDS", help="How long to wait for the receipts.")
]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Sign with the private key in FILE. (default: the one in TALLYWIRE_KEY, or in the file that "
        "TALLYWIRE_KEY_FILE names)",
    ),
]
Telephone = Annotated[
    str,
    typer.Option(
        "--desk-telephone",
        envvar=TELEPHONE_VARIABLE,
        metavar="NUMBER",
        callback=_telephone,
        show_default=False,
        help="The desk's telephone number, for the entry page to show. (default: none is shown)",
    ),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        envvar=PUBLIC_URL_VARIABLE,
        metavar="URL",
        help="Where posting is reached from outside.",
    ),
]
PublishingUrl = Annotated[
    str,
    typer.Option(
        "--public-url",
        envvar=PUBLIC_URL_VARIABLE,
        metavar="URL",
        callback=_public_url,
        show_default=False,
        help="Where this service is reached from outside: links begin with it. (default: links are relative)",
    ),
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A file, or - for standard input.")]
DeclarationFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A file, - for standard input, a pack's folder, or a bundled election's id.",
        autocompletion=_bundled,
    ),
]
PackFolder = Annotated[
    str,
    typer.Argument(metavar="DIR", help="A pack's folder, or a bundled election's id.", autocompletion=_bundled),
]
Election = Annotated[
    str | None,
    typer.Option("--election", metavar="ID", callback=_election_id, help="The election's id.", autocompletion=_bundled),
]

GivenUrl = Annotated[str | None, typer.Option("--redis", metavar="URL", help="The server to use.")]
GivenElection = Annotated[
    str | None, typer.Option("--election", metavar="ID", help="The election's id.", autocompletion=_bundled)
]


def common(_redis: GivenUrl = None, _election: GivenElection = None, _as_json: JsonValues = False) -> None:
    """Let a group take what most of its commands take; `Commands` hands it on to the command, which checks it."""


def json_alone(_as_json: JsonValues = False) -> None:
    """Let a group take what its commands take, which ask no server."""


def read(file: Path) -> bytes:
    """Return what is in a file named on the command line.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except OSError as error:
        raise file_error(file, "be read", error) from error


def read_declarations(file: Path) -> tuple[bytes, str | None]:
    """Return the declarations in a file named on the command line, or those recorded in a pack that is.

    Returns:
        What is in the file, and the pack's election; None for a file that is not part of a pack.

    Raises:
        UsageError: it cannot be read, or is neither a file nor a pack.
    """
    from tallywire.packs.faults import DECLARATIONS
    from tallywire.packs.pack import bundled_packs, find_pack

    if file == Path("-") or (file.exists() and not file.is_dir()):
        return read(file), None
    if not file.is_dir() and str(file) not in (bundled := bundled_packs()):
        raise UsageError(
            f"{file} is neither a file, nor a pack's folder, nor the id of a bundled election "
            f"(bundled: {', '.join(bundled)})."
        )
    pack = find_pack(file)
    return read(pack / DECLARATIONS), pack.resolve().name


def _filter(name: str, metavar: str, what: str) -> Any:  # noqa: ANN401  # typer's type
    return typer.Option(name, metavar=metavar, help=f"{what} Several times, or with commas: any of them.")


EventTypes = Annotated[
    list[str] | None, _filter("--type", "TYPE", "Only of this type: result, control, tally or headline.")
]
Kinds = Annotated[list[str] | None, _filter("--kind", "KIND", "Only of this kind: gain, control_lost.")]
Priority = Annotated[
    int,
    typer.Option(
        "--priority", min=1, max=5, help="Only headlines this loud or louder; 1 is the loudest, 3 is every seat."
    ),
]
Parties = Annotated[list[str] | None, _filter("--party", "ID", "Only about this party: PP53.")]
Regions = Annotated[list[str] | None, _filter("--region", "SLUG", "Only about this region: itv-anglia.")]
Bodies = Annotated[list[str] | None, _filter("--body", "SLUG", "Only about this council or parliament.")]
Ballots = Annotated[list[str] | None, _filter("--ballot", "ID", "Only about this contest, by its ballot id.")]

QUIETEST: Final = 5
"""The priority of the quietest headlines: all of them are wanted."""


def filter_parameters(priority: int, **lists: list[str] | None) -> list[tuple[str, str]]:
    """Return the parameters of a filter that these options name; `publishing.filters.read_filter` reads them."""
    given = [(name, value) for name, values in lists.items() for value in values or ()]
    return given if priority == QUIETEST else [*given, ("priority", str(priority))]
