"""The server's log ends anywhere: what is left of it is a whole number of commits."""

import random
import shutil

import pytest

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.storms.scale import CUTS


@pytest.mark.timeout(60 + 5 * CUTS)
def test_a_log_cut_anywhere_is_made_whole_by_senders_who_repeat(pipeline: Pipeline) -> None:
    """Promise: what is left of a torn log is a whole number of commits.

    The append-only file is cut at random bytes; server and services start on what is left, the senders send everything
    again, and all is as if nothing had happened.
    """
    sent = night(4, contests=12, declarations=60)
    centre = pipeline.open(sent)
    pipeline.start_all()
    for start in range(0, len(sent.sent), 5):
        # In small bursts: the log is to hold many commits.
        centre.send(sent.sent[start : start + 5])
        centre.settle()
    pipeline.services.kill_all()
    pipeline.server.kill()
    log, whole = pipeline.server.data_dir / "appendonlydir", pipeline.server.data_dir / "whole"
    log.rename(whole)
    (name,) = (path.name for path in whole.glob("*.incr.aof"))
    for cut in random.Random(4).sample(range((whole / name).stat().st_size), CUTS):
        shutil.copytree(whole, log)
        with (log / name).open("r+b") as torn:
            torn.truncate(cut)
        pipeline.server.start()
        centre = pipeline.open(sent)
        pipeline.start_all()
        centre.send(sent.sent)
        centre.settle()
        pipeline.services.kill_all()
        centre.check_exact(sent)
        pipeline.server.kill()
        shutil.rmtree(log)
