"""What the README says to post and to type into ``redis-cli`` does what the README says."""

import json
import re
import shlex
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.packs.pack import find_pack
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.pipeline.subscriber import Feed, Publisher

ELECTION: Final = "pcc.2024-05-02"
README: Final = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
POSTED: Final = re.findall(rf"curl \S+/v1/elections/{ELECTION}/declarations .* -d '(\{{.*?\}})'\n", README, re.DOTALL)[
    0
]


def typed() -> list[list[str]]:
    """Return the commands for ``redis-cli -p 7379``, in their order."""
    blocks = README.split("```")[1::2]
    words = [word for block in blocks if "redis-cli" in block for word in shlex.split(block)]
    starts = [place for place, word in enumerate(words) if word == "redis-cli"]
    return [words[start + 3 : end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def test_the_readmes_commands_do_what_it_says(pipeline: Pipeline) -> None:
    """Promise: what is posted is accepted, what was declared already is a duplicate, a subscriber reads the news."""
    subscribe, standing = typed()
    client, centre = pipeline.client, pipeline.centre(ELECTION)

    def tallywire(*words: str) -> None:
        done = CliRunner().invoke(app, [*words, "--redis", pipeline.server.url])
        assert done.exit_code == 0, done.output

    pipeline.start_all()
    tallywire("election", "load", ELECTION)
    sender = Sender(pipeline)
    assert sender.post(ELECTION, POSTED.encode()).json["data"]["status"] == "accepted"
    tallywire("declare", str(find_pack(ELECTION) / "declarations.jsonl"))
    assert sender.post(ELECTION, POSTED.encode()).json["data"]["status"] == "duplicate"
    centre.settle()
    ((_, headlines),) = client.execute_command(*subscribe)
    news = [json.loads(fields[b"data"])["data"]["text"] for _, fields in headlines]
    assert news[0] == "Labour gains Norfolk for the first time"
    ((feed, shown),) = re.findall(
        r"curl -N 'http://[^/]+(\S+)'\n\nid.*\nevent: headline\ndata: .*\"text\":\"(.*?)\"", README
    )
    publisher = Publisher(pipeline)
    publisher.await_cursor(ELECTION, headlines=len(headlines))
    with Feed(publisher, feed) as events:
        assert next(block for block in events.blocks() if block.name == "headline").json["data"]["text"] == shown
    assert json.loads(client.execute_command(*standing)[b"pcc.norfolk.2024-05-02"])["data"]["revision"] == 1
