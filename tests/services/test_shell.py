"""A service whose release is wrong ends with a sentence that an operator can act on."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from redis import Redis

from services.ingest.rules.intake import Intake
from services.ingest.service import WIRING
from services.shell import REASON_LENGTH_MAX
from streams.fold import Entry, fold
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
    command = [sys.executable, str(ODD), "elsewhere", "ingest", "--redis", server.url]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={"PYTHONPATH": str(ROOT)}
    )
    said = " ".join(ended.stderr.split())
    assert ended.returncode == Exit.STAGE_FAILED
    assert "The rule of ingest writes the stream elsewhere, which its wiring does not declare." in said
    assert "Traceback" not in said
    assert redis_client.keys(KEYS.key("*")) == [KEYS.key("declarations").encode()]


def test_the_error_kept_with_a_parked_entry_is_cut() -> None:
    """Promise: a note about a fault of ours stays small, whatever is in the error."""

    def failing(_intake: Intake, _entry: Entry) -> None:
        raise RuntimeError("x" * 10_000)

    batch = fold(WIRING, failing, Intake("pcc.2030-05-02"), [Entry("1-0", {})])  # type: ignore[arg-type]  # it never returns
    assert len(batch.emissions) == 1
    assert REASON_LENGTH_MAX < len(batch.emissions[0].event.encode()) < REASON_LENGTH_MAX + 500
