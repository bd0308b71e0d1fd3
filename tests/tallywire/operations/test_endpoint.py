"""Where metrics are served is said plainly, and so is when they cannot be."""

import socket
import subprocess
import sys

import pytest

from tallywire.cli.exit_codes import Exit
from tallywire.client.errors import NoServerError
from tallywire.embedded.supervisor import SERVICES, service_command
from tallywire.operations.endpoint import Endpoint


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("9101", "127.0.0.1", 9101),
        ("0.0.0.0:9101", "0.0.0.0", 9101),  # noqa: S104  # what a container says
        ("metrics.example:1", "metrics.example", 1),
        ("[::1]:65535", "::1", 65535),
        ("0", "127.0.0.1", 0),
    ],
)
def test_a_port_alone_is_this_machines(text: str, host: str, port: int) -> None:
    """Promise: nothing is served to others unless that is written."""
    endpoint = Endpoint.read(text)
    assert endpoint == (host, port)
    assert str(endpoint) in (text, f"127.0.0.1:{text}")


@pytest.mark.parametrize("text", ["", "x", "65536", "1.5", "127.0.0.1:", ":9101", "::1:9101", "9101/metrics", "-1"])
def test_what_is_no_port_is_refused(text: str) -> None:
    """Promise: a slip of the pen is told, not served somewhere."""
    with pytest.raises(ValueError, match="is no port, like 9101"):
        Endpoint.read(text)


def test_each_service_has_a_port_of_its_own() -> None:
    """Promise: the three services of one machine serve beside each other; without a port none does."""
    command = service_command("redis://here", Endpoint.read("9101"))
    assert [command(service)[-2:] for service in SERVICES] == [
        ["--metrics", "127.0.0.1:9101"],
        ["--metrics", "127.0.0.1:9102"],
        ["--metrics", "127.0.0.1:9103"],
    ]
    assert service_command("redis://here")("ingest")[-2:] == ["--metrics", "off"]


def test_a_port_that_is_taken_is_told_before_anything_starts() -> None:
    """Promise: two programs on one port are found at once, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        endpoint = Endpoint("127.0.0.1", taken.getsockname()[1])
        expected = f"served at {endpoint}: address already in use. Name another port with --metrics"
        with pytest.raises(NoServerError, match=expected) as told:
            endpoint.require_free()
        command = [sys.executable, "-m", "tallywire", "ingest", "--metrics", str(endpoint)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == Exit.NO_SERVER
    assert str(told.value).partition(":")[0] in ended.stderr.replace("\n", " ")
    assert "Traceback" not in ended.stderr


def test_an_answer_does_not_wait_for_the_client_to_acknowledge_its_head() -> None:
    """Promise: what is accepted sends at once, whatever it sends in two pieces."""
    with Endpoint("127.0.0.1", 0).listen() as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted:
            assert accepted.getpeername() == client.getsockname()
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
