"""The server's log ends anywhere: what is left of it is a whole number of commits."""

import random
import shutil

import pytest

from tests.storms.exact import assert_exact
from tests.storms.line import Line
from tests.storms.night import night
from tests.storms.scale import CUTS
from tests.storms.sending import Sender


@pytest.mark.timeout(60 + 5 * CUTS)
def test_a_log_cut_anywhere_is_made_whole_by_senders_who_repeat(line: Line) -> None:
    """Promise: what is left of a torn log is a whole number of commits.

    The append-only file is cut at random bytes; server and services start on what is left, the senders send everything
    again, and all is as if nothing had happened.
    """
    sent = night(4, contests=12, declarations=60)
    line.open(sent)
    line.start()
    for start in range(0, len(sent.sent), 5):
        # In small bursts: the log is to hold many commits.
        line.sender.send(sent.sent[start : start + 5])
        line.sender.settle()
    line.stop()
    line.server.kill()
    log, whole = line.server.data_dir / "appendonlydir", line.server.data_dir / "whole"
    log.rename(whole)
    (name,) = (path.name for path in whole.glob("*.incr.aof"))
    for cut in random.Random(4).sample(range((whole / name).stat().st_size), CUTS):
        shutil.copytree(whole, log)
        with (log / name).open("r+b") as torn:
            torn.truncate(cut)
        line.server.start()
        sender = Sender(line.server.url)
        sender.send([sent.register])
        sender.announce()
        line.start()
        sender.send(sent.sent)
        sender.settle()
        line.workers.kill_all()
        assert_exact(line.server.url, sender.acknowledged, [sent.register, *sent.declarations])
        line.server.kill()
        shutil.rmtree(log)
