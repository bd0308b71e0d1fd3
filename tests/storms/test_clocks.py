"""The clocks of the machines that services run on do not matter."""

from pathlib import Path

from tallywire.embedded.server import start_server
from tests.pipeline.exact import Election
from tests.pipeline.faults import Fault
from tests.pipeline.night import Night, night
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import Nursery

HOUR_S = 3_600.0
FIRST_MS = 1_904_000_000_000
"""The moment at which the first entry came in."""


def test_services_whose_clocks_are_an_hour_off_write_the_same_bytes(nursery: Nursery, tmp_path: Path) -> None:
    """Promise: the output follows from the entries, not from the machine that reads them.

    The same entries, read by services an hour behind, right, and an hour ahead: every stream and every table is the
    same, byte for byte.
    """
    sent = night(8, contests=30, declarations=200)
    right, behind, ahead = (
        written(nursery, tmp_path / f"{shift_s:+.0f}", sent, shift_s) for shift_s in (0.0, -HOUR_S, HOUR_S)
    )
    assert len(right.streams["ledger"]) == 1 + len(sent.declarations)
    for other in (behind, ahead):
        assert {name: other.written(name) for name in other.streams} == {
            name: right.written(name) for name in right.streams
        }
        assert other.tables == right.tables


def written(nursery: Nursery, folder: Path, sent: Night, shift_s: float) -> Election:
    """Return all that services write whose clocks are so far ahead."""
    with start_server(folder, ephemeral=True) as server, pipeline_on(server, nursery, folder) as pipeline:
        centre = pipeline.centre(sent.election)
        # What lies there from before the start is read in batches of the same cut, so that the ledger's groups are
        # the same; and the ids, which are times, are given.
        for place, message in enumerate((sent.register, *sent.sent)):
            centre.client.xadd(centre.key("declarations"), {"data": message}, id=f"{FIRST_MS + place}-0")
        centre.announce()
        pipeline.start_all(Fault(clock_shift_s=shift_s))
        centre.settle()
        assert pipeline.services.end() == [0, 0, 0]
        return centre.found()
