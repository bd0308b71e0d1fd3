"""The endpoints of webhooks, as a person or a program reads them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tallywire.cli.screen import open_console, print_lines, write_values
from tallywire.webhooks.administration import Listed
from tallywire.webhooks.progress import Failed


def print_endpoints(found: Sequence[Listed], *, as_json: bool) -> None:
    """Print how each endpoint is.

    Args:
        found: the endpoints.
        as_json: write them as JSON instead, for programs. Secrets are in neither.
    """
    if as_json:
        write_values(
            {
                "endpoint": one.endpoint.name,
                "url": one.endpoint.url,
                "state": one.state,
                "filter": one.endpoint.parameters,
                "elections": one.endpoint.elections,
                "behind": one.behind,
                **one.progress.as_json(),
            }
            for one in found
        )
        return
    lines = [line for one in found for line in _lines(one)]
    print_lines(open_console(), lines or ("There is no endpoint. To add one: tallywire webhooks add NAME URL",))


def _lines(listed: Listed) -> Iterator[str]:
    endpoint, progress = listed.endpoint, listed.progress
    url = urlsplit(endpoint.url)
    yield f"{endpoint.name}  {listed.state}  {url.scheme}://{url.netloc}{url.path}"
    wanted = ", ".join(f"{name} {value}" for name, value in endpoint.parameters) or "everything"
    yield f"  gets {wanted} of {', '.join(endpoint.elections) or 'all elections but rehearsals'}"
    behind = [f"{count:,} of {election}" for election, count in listed.behind.items() if count]
    yield f"  delivered {int(progress.number('delivered')):,}; behind by {', '.join(behind) or 'nothing'}"
    if succeeded := progress.number("succeeded"):
        yield f"  last success {_time(succeeded)}"
    if refused := progress.number("refused"):
        yield f"  last failure {_time(refused)}: {progress.get('reason')}"
    if (failing := progress.failing) is not None:
        yield f"  failing since {_time(failing.since)}, {failing.attempts} attempts; the next at {_time(failing.due)}"
    for one in progress.failed("aside"):
        yield f"  set aside, tried again at {_time(one.due)}: {_described(one)}"
    for one in progress.failed("parked"):
        yield f"  parked: {_described(one)}"


def _described(failed: Failed) -> str:
    return f"{failed.election} {failed.stream} {failed.sequence}, {failed.attempts} attempts: {failed.reason}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
