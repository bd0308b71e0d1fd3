"""The clocks of the machines that services run on do not matter."""

from dataclasses import replace
from pathlib import Path

from tallywire.embedded.server import start_server
from tests.storms.exact import Found
from tests.storms.line import CALM, Line
from tests.storms.night import Night, night
from tests.storms.sending import KEYS
from tests.storms.workers import Workers

HOUR_S = 3_600.0
FIRST_MS = 1_904_000_000_000
"""The moment at which the first entry came in."""


def test_services_whose_clocks_are_an_hour_off_write_the_same_bytes(tmp_path: Path) -> None:
    """Promise: the output follows from the entries, not from the machine that reads them.

    The same entries, read by services an hour behind, right, and an hour ahead: every stream and every table is the
    same, byte for byte.
    """
    sent = night(8, contests=30, declarations=500)
    right, behind, ahead = (written(tmp_path / f"{shift_s:+.0f}", sent, shift_s) for shift_s in (0.0, -HOUR_S, HOUR_S))
    assert len(right["ledger"]) == 1 + len(sent.declarations)
    assert right == behind
    assert right == ahead


def written(folder: Path, sent: Night, shift_s: float) -> dict[str, list[bytes] | dict[str, bytes]]:
    """Return all that services write whose clocks are so far ahead."""
    with start_server(folder, ephemeral=True) as server, Workers(folder, server.url) as workers:
        line = Line(server, workers)
        # What lies there from before the start is read in batches of the same cut, so that the ledger's groups are
        # the same; and the ids, which are times, are given.
        for place, message in enumerate((sent.register, *sent.sent)):
            line.sender.client.xadd(KEYS.key("declarations"), {"data": message}, id=f"{FIRST_MS + place}-0")
        line.sender.announce()
        line.start(fate=replace(CALM, clock_shift_s=shift_s))
        line.sender.settle()
        assert line.stop() == [0, 0, 0]
        found = Found(server.url)
        return {**{name: found.events(name) for name in found.streams}, **found.tables}
