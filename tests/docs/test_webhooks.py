"""docs/webhooks.md: its receivers receive, and the schedule is the code's."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tallywire.webhooks.schedule import LONGEST_S, is_over, pause_after
from tests.cluster.ports import free_ports
from tests.pipeline.hooks import Hooks
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT: Final = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
LINES_MAX: Final = 30
"""Lines of a sample: what somebody reads before they try it."""

NIGHT: Final = night(47, contests=4, declarations=6)


def sample(language: str) -> str:
    """Return the receiver in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


@contextmanager
def receiving(command: list[str], port: int, secret: str, printed: Path) -> "Iterator[None]":
    """Run a receiver until the block ends."""
    with printed.open("wb") as file:
        process = subprocess.Popen(
            [*command, str(port)], env=os.environ | {"WEBHOOK_SECRET": secret}, stdout=file, stderr=file
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("language", ["python", "js"])
def test_a_receiver_of_the_document_takes_what_is_genuine(pipeline: Pipeline, tmp_path: Path, language: str) -> None:
    """Promise: it verifies, takes each event once and in order, and turns away what is signed with another secret."""
    if language == "js" and shutil.which("node") is None:
        pytest.skip("Node is not installed here")
    hooks = Hooks(pipeline)
    assert len(sample(language).splitlines()) <= LINES_MAX
    file, printed = tmp_path / f"receiver.{'py' if language == 'python' else 'cjs'}", tmp_path / "printed"
    file.write_text(sample(language), "utf-8")
    port = free_ports(1)
    secret = hooks.add(f"http://127.0.0.1:{port}/", parameters=(("type", "headline,result"),)).secrets[0].text
    stranger = hooks.add(f"http://127.0.0.1:{port}/", "stranger")
    assert stranger.secrets[0].text != secret
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    centre.send(NIGHT.declarations)
    centre.settle()
    command = [sys.executable] if language == "python" else ["node"]
    with receiving([*command, str(file)], port, secret, printed):
        hooks.start()
        hooks.await_all()
        wait_until(
            lambda: "401" in str(hooks.listed("stranger").progress.get("reason")),
            deadline_s=60,
            what="the stranger to be turned away",
        )
    lines = [line.split() for line in printed.read_text("utf-8").splitlines() if line.startswith("tallywire.")]
    numbers = [int(line[1]) for line in lines if line[0] == "tallywire.headline.v1"]
    assert numbers == list(range(1, centre.length("headlines") + 1))
    assert not any(line[0] == "tallywire.tally.v1" for line in lines)


def test_the_schedule_is_the_codes() -> None:
    """Promise: the pauses that receivers read of are those that the worker makes."""
    found = [pause_after(one) for one in takewhile(lambda one: not is_over(one), count(1))]
    first = ", ".join(f"{pause:g}" for pause in found if pause < LONGEST_S)
    stated = re.search(r"test_webhooks\.py -->(.*?)<!-- end -->,\nfor (.*?);", TEXT, re.DOTALL)
    assert stated is not None
    assert stated[1] == f"{first} seconds, and then every {LONGEST_S:g}"
    assert (stated[2], round(sum(found) / 3_600, 1)) == ("ten hours and a half", 10.4)
