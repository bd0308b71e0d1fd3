"""Makes the ledger that later releases must still read: ``python -m tests.tallywire.evidence.making``.

``ledger-v1.export`` is made once, and from then on kept as it is: it stands for every ledger written by this release.
``ledger-v1.json`` says what follows from it; where a rule or a wording is changed on purpose, make it anew with
``python -m tests.tallywire.evidence.making --digests``.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tallywire.embedded.server import start_server
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.nights import play, tallywire

LEDGER: Final = Path(__file__).with_name("ledger-v1.export")
FOLLOWS: Final = LEDGER.with_suffix(".json")


def follows_from(ledger: Path) -> dict[str, Any]:
    """Return what verify finds to follow from an exported ledger."""
    done = tallywire("", "verify", "--json", "--file", str(ledger))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def make_ledger() -> None:
    """Play the night and export it."""
    LEDGER.unlink(missing_ok=True)
    with (
        TemporaryDirectory() as folder,
        start_server(Path(folder) / "server", ephemeral=True) as server,
        Nursery() as nursery,
    ):
        play(nursery, server.url, Path(folder))
        done = tallywire(server.url, "export", str(LEDGER))
        if done.exit_code:
            raise SystemExit(done.output)
    LEDGER.chmod(0o644)


if __name__ == "__main__":
    if "--digests" not in sys.argv[1:]:
        make_ledger()
    FOLLOWS.write_text(json.dumps(follows_from(LEDGER), indent=2) + "\n", "utf-8")
