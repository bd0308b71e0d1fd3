"""A service whose release is wrong ends with a sentence that an operator can act on."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from redis import Redis

from streams.keys import CATALOGUE, Partition
from tallywire.cli.exit_codes import Exit
from tallywire.embedded.server import EmbeddedServer

ROOT: Final = Path(__file__).parents[2]
ODD: Final = Path(__file__).with_name("odd_service.py")
KEYS: Final = Partition("pcc.2034-05-02")


def test_a_stage_that_writes_what_it_does_not_declare_stops_and_parks_nothing(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: code 5, as for every stage that has stopped for good, no traceback, and nothing is committed."""
    redis_client.xadd(CATALOGUE, {"election": KEYS.name})
    redis_client.xadd(KEYS.key("declarations"), {"data": "{}"})
    command = [sys.executable, str(ODD), "undeclared", "elsewhere", "ingest", "--redis", server.url]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={"PYTHONPATH": str(ROOT)}
    )
    said = " ".join(ended.stderr.split())
    assert ended.returncode == Exit.STAGE_FAILED
    assert "The rule of ingest writes the stream elsewhere, which its wiring does not declare." in said
    assert "Traceback" not in said
    assert redis_client.keys(KEYS.key("*")) == [KEYS.key("declarations").encode()]
