"""The pack of the documents that has a contest of each voting system, posted and read as the documents say."""

import csv
import json
import re
from io import StringIO
from typing import Any, Final

from tallywire.packs.pack import check_pack, read_pack
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.pipeline.services import ROOT
from tests.pipeline.subscriber import Feed, Publisher

SAMPLE: Final = ROOT / "docs" / "samples" / "local.2030-05-02"
ELECTION: Final = SAMPLE.name
ASKED: Final = "ref.synthetic-borough.2030-05-02"


def shown(page: str) -> list[dict[str, Any]]:
    """Return the JSON that a document shows."""
    return [
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)
    ]


def test_the_declarations_of_the_page_are_those_of_a_pack_without_fault() -> None:
    """Promise: a stranger who copies the pack, or a declaration of docs/posting.md, has one that is taken."""
    assert check_pack(SAMPLE) == ()
    declared = [json.loads(line)["data"] for line in read_pack(SAMPLE).declarations]
    assert len(shown("posting.md")) == 4
    assert [block for block in shown("posting.md") if block not in declared] == []


def test_every_system_is_posted_derived_and_published_as_the_pages_say(pipeline: Pipeline) -> None:
    """Promise: what docs/subscribing.md shows of lists and stages is published; a referendum goes all the way.

    Posted, corrected, judged, derived, told; in the table, the feed and on the board. Everything took effect once, and
    is what an independent recount finds.
    """
    pipeline.start_all()
    centre = pipeline.centre(ELECTION)
    register = {
        "specversion": "1.0",
        "id": "register",
        "source": "/desk",
        "type": "tallywire.register.v1",
        "subject": ELECTION,
        "test": True,
        "data": json.loads((SAMPLE / "register.json").read_text("utf-8")),
    }
    messages = [json.dumps(register).encode(), *(SAMPLE / "declarations.jsonl").read_bytes().splitlines()]
    centre.send(messages[:1])
    centre.announce()
    centre.settle(upto="ingest")
    sender = Sender(pipeline)
    posted = [sender.post(ELECTION, message) for message in messages[1:]]
    assert [(answer.status, answer.json["data"]["status"]) for answer in posted] == [(200, "accepted")] * 7
    centre.settle()
    centre.check_exact(messages)

    publisher = Publisher.ready(pipeline)
    publisher.await_cursor(ELECTION, **{name: centre.length(name) for name in ("ledger", "results", "headlines")})
    for block in shown("subscribing.md"):
        published = publisher.page(ELECTION, f"contests/{block['ballot_id']}")["result"]["data"]
        assert {name: published[name] for name in block} == block

    answers = list(csv.DictReader(StringIO(publisher.get(f"/v1/elections/{ELECTION}/candidates.csv").body.decode())))
    assert [(row["person_name"], row["votes_cast"]) for row in answers if row["ballot_paper_id"] == ASKED] == [
        ("Yes", "5201"),
        ("No", "4899"),
    ]
    asked = f"/v1/elections/{ELECTION}/events?after=0&ballot={ASKED}"
    told = []
    with Feed(publisher, asked) as feed:
        for heard in feed.blocks():
            if heard.name in ("result", "headline"):
                told.append(heard.json["data"])
            if len(told) == 4:  # two results, and a headline about each
                break
    assert [each["votes"] for each in told[0]["candidates"]] == [5210, 4890]
    texts = [each["text"] for each in told if "text" in each]
    assert texts == [
        "Yes wins the referendum in Synthetic Borough, by 320 votes",
        "CORRECTION: Yes wins the referendum in Synthetic Borough, by 302, not 320",
    ]
    board = publisher.get(f"/elections/{ELECTION}/contests/{ASKED}").body.decode()
    assert "Should Synthetic Borough have a directly elected mayor?" in board
    assert "5,201" in board
