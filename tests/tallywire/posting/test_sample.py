"""The samples of docs/posting.md, run as they stand there."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.pipeline.services import ROOT
from tests.waiting import wait_until

PAGE: Final = (ROOT / "docs" / "posting.md").read_text("utf-8")
NIGHT: Final = night(21, contests=1, declarations=1)


def test_the_script_of_the_page_retries_until_it_knows(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: the sample posts a file until it is taken or refused, also when nobody judges it at first.

    Whatever else it is answered, a wrong address first of all, it says while it goes on.
    """
    centre = pipeline.open(NIGHT)
    sender = Sender(pipeline)
    script = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "post.py").write_text(script, "utf-8")
    (tmp_path / "first.json").write_bytes(NIGHT.declarations[0])
    other = json.loads(NIGHT.declarations[0])
    other["data"]["votes"] = {"nobody": 1}
    (tmp_path / "other.json").write_text(json.dumps({**other, "id": "other"}), "utf-8")
    url = f"http://{sender.host}:{sender.port}/v1/elections/{NIGHT.election}/declarations"

    def start(name: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "post.py", url, name],
            cwd=tmp_path,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    with start("first.json") as first:
        pipeline.start("ingest")
        centre.settle(upto="ingest")
        assert first.communicate(timeout=60) == ("accepted\n", "")
    with start("first.json") as again:
        assert again.communicate(timeout=60) == ("duplicate\n", "")
    with start("other.json") as refused:
        assert "nobody" in refused.communicate(timeout=60)[1]
    assert refused.returncode == 1
    said = tmp_path / "said"
    with said.open("w") as stderr:
        lost = subprocess.Popen([sys.executable, "post.py", f"{url}s", "first.json"], cwd=tmp_path, stderr=stderr)
    with lost:
        try:
            wait_until(lambda: "404" in said.read_text("utf-8"), deadline_s=20, what="the answer to be said")
        finally:
            lost.kill()


def test_the_event_of_the_page_is_that_of_the_readme() -> None:
    """Promise: both show one and the same declaration, and it is JSON."""
    shown = [
        re.findall(r"-d '(\{.*?\})'\n", text, re.DOTALL)[0] for text in (PAGE, (ROOT / "README.md").read_text("utf-8"))
    ]
    assert json.loads(shown[0]) == json.loads(shown[1])
