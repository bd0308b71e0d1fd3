"""``tallywire verify`` over HTTP against servers that cheat: each is found, and what it has changed is named."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from streams.chain import link, origin
from streams.ledger_tail import append, split
from tallywire.embedded.server import start_server
from tallywire.evidence.checkpoint import stated_checkpoint
from tallywire.evidence.signed_notes import Signer
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Publisher
from tests.tallywire.evidence.nights import ELECTION, entries, more_votes, settle, tallywire
from tests.tallywire.verifying.cheat import Alter, cheating
from tests.tallywire.verifying.conftest import Shown, await_head, verify

NORFOLK: Final = "pcc.norfolk.2024-05-02"

Documents = Callable[[Any], None]
"""Changes a page, as JSON, in place."""


def found_by(shown: Shown, alter: Alter, *arguments: str) -> str:
    """Return where a difference is found at a server that alters its answers so."""
    with cheating(shown.publisher.url, alter) as url:
        code, found = verify(f"{url}/v1/elections/{ELECTION}", "--public-key", f"{shown.key}.pub", *arguments)
    assert (code, found.get("verified")) == (1, False), found
    return f"{found['difference']['where']}: {found['difference']['what']}"


def on(page: str, change: Documents) -> Alter:
    """Alter a page."""

    def alter(path: str, content: bytes) -> bytes:
        if path.partition("?")[0] != f"/v1/elections/{ELECTION}/{page}" or "last=0" in path:
            return content
        document = json.loads(content)
        change(document)
        return json.dumps(document).encode()

    return alter


def in_ledger(change: Callable[[list[bytes]], list[bytes]]) -> Alter:
    """Alter the ledger, whose lines are numbered anew."""

    def alter(path: str, content: bytes) -> bytes:
        if "/ledger?" not in path:
            return content
        ledger = change([json.loads(line)["entry"].encode() for line in content.splitlines()])
        lines = [json.dumps({"sequence": n, "entry": entry.decode()}) for n, entry in enumerate(ledger, 1)]
        return "".join(f"{line}\n" for line in lines).encode()

    return alter


def in_feed(change: Callable[[bytes], bytes | None]) -> Alter:
    """Alter the blocks of the feed."""

    def alter(path: str, content: bytes) -> bytes | None:
        return change(content) if "/events" in path else content

    return alter


def chained_anew(ledger: list[bytes]) -> list[bytes]:
    """Return a ledger with numbers and chain computed anew, as a forger would."""
    chain, forged = origin(ELECTION), []
    for place, entry in enumerate(ledger, 1):
        sent, appended = split(entry)
        appended.pop("chain")
        event, chain = link(chain, append(sent, {**appended, "sequence": place}))
        forged.append(event)
    return forged


def without(text: bytes) -> Callable[[bytes], bytes | None]:
    """Return what leaves out the second block that has a text."""
    seen = 0

    def change(block: bytes) -> bytes | None:
        nonlocal seen
        seen += text in block
        return None if text in block and seen == 2 else block

    return change


def altered(ledger: list[bytes]) -> list[bytes]:
    """Give somebody other votes."""
    return [votes for _, votes in more_votes([(b"", entry) for entry in ledger])]


def figure(document: Any) -> None:  # noqa: ANN401  # any JSON
    """Change one figure of Norfolk's result."""
    document["contests"][NORFOLK]["result"]["data"]["valid_votes"] += 1


def member_twice(path: str, content: bytes) -> bytes:
    """Say a figure twice: one reader takes the first, another the last."""
    return content.replace(b'"majority":', b'"majority":1,"majority":', 1) if "/snapshot" in path else content


CHEATS: Final[dict[str, tuple[Alter, str]]] = {
    "a vote in the ledger": (in_ledger(altered), "ledger entry 2: Its chain does not follow"),
    "an entry left out": (in_ledger(lambda ledger: [*ledger[:3], *ledger[4:]]), "ledger entry 4: Another entry"),
    "the last entry left out": (in_ledger(lambda ledger: ledger[:-1]), "ledger entry 18: The ledger that is served"),
    "an entry too many": (
        in_ledger(lambda ledger: [*ledger, ledger[-1]]),
        "ledger entry 19: Another entry belongs here",
    ),
    "a ledger chained anew": (in_ledger(lambda ledger: chained_anew(altered(ledger))), "whose head was signed"),
    "an entry that is no text": (
        in_ledger(lambda ledger: [*ledger[:-1], b"nothing"]),
        "ledger entry 18: It does not end",
    ),
    "a figure on a page": (
        on("contests", figure),
        f"page contests: contests.{NORFOLK}.result.data.valid_votes is another",
    ),
    "a figure of one contest": (
        on(f"contests/{NORFOLK}", lambda page: page["history"][0]["data"].update(turnout=99.9)),
        f"page contests/{NORFOLK}: history[0].data.turnout",
    ),
    "a region": (on("regions", lambda page: page["regions"].popitem()), "page regions: regions."),
    "a figure in the snapshot": (
        on("snapshot", lambda page: page["contests"][NORFOLK]["result"].update(majority=1)),
        "page snapshot: contests",
    ),
    "a member twice": (member_twice, "page snapshot: It is no JSON object, or says a member twice"),
    "a headline on a page": (
        on("headlines", lambda page: page["headlines"][3]["data"].update(text="It was the other one.")),
        "page headlines: headlines[3].data.text",
    ),
    "a headline left out of a page": (on("headlines", lambda page: page["headlines"].pop()), "page headlines"),
    "another reference to the ledger": (
        on(f"contests/{NORFOLK}", lambda page: page["ledger"][0].update(sequence=3)),
        f"page contests/{NORFOLK}: ledger[0].sequence",
    ),
    "a headline in the feed": (
        in_feed(lambda block: block.replace(b"gain", b"hold") if b"event: headline" in block else block),
        "feed, headlines",
    ),
    "a result in the feed": (
        in_feed(
            lambda block: block.replace(b'"revision":1,', b'"revision":9,') if b"event: result" in block else block
        ),
        "feed, results 1",
    ),
    "an event left out": (in_feed(without(b"event: headline")), "feed, headlines 2: Another event belongs here"),
    "an event twice": (in_feed(lambda block: block * 2 if b"event: tally" in block else block), "feed, tallies"),
    "another place in the feed": (
        in_feed(lambda block: block.replace(b"id: l", b"id: l1", 1) if b"event: tally" in block else block),
        "feed, tallies 1: Its id is not the cursor",
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_server_that_cheats_is_found(shown: Shown, name: str) -> None:
    """Promise: what is altered on the way is found, and named by place."""
    alter, where = CHEATS[name]
    assert where in found_by(shown, alter)


def test_the_last_events_left_out_are_found(shown: Shown) -> None:
    """Promise: a feed that has come to the cursor without an event has left it out."""
    last = f"id: {shown.publisher.await_cursor(ELECTION)}\n".encode()

    def change(block: bytes) -> bytes:
        return last + b"\n" if block.startswith(last) else block

    assert "an event is missing" in found_by(shown, in_feed(change))


def test_a_page_that_is_not_there_is_found(shown: Shown) -> None:
    """Promise: a contest that the register has and the service does not show is named."""
    page = f"/contests/{NORFOLK}"
    with cheating(
        shown.publisher.url, lambda _path, content: content, lambda path: 404 if page in path else None
    ) as url:
        code, found = verify(f"{url}/v1/elections/{ELECTION}")
    assert (code, found["difference"]["where"]) == (1, f"page contests/{NORFOLK}")


def head_page(**changes: object) -> Alter:
    """Alter what is said of the signed head."""
    return on("checkpoint", lambda page: page.update(changes))


def signed(shown: Shown, **changes: Any) -> str:  # noqa: ANN401  # as replace
    """Return a head signed with the right key that says something else."""
    signer = Signer.decode(shown.key.read_text("utf-8"))
    return replace(stated_checkpoint(shown.head), **changes).signed(signer)


def test_a_signed_head_that_is_not_what_it_should_be_is_found(shown: Shown, tmp_path: Path) -> None:
    """Promise: a head altered, of another election, another size, another time, or none at all is found."""
    kept = tmp_path / "night.head"
    kept.write_text(shown.head, "utf-8")
    forged = shown.head.replace("\n18\n", "\n17\n")
    assert "was forged or altered" in found_by(shown, head_page(note=forged, size=17))
    assert "another election's" in found_by(shown, head_page(note=signed(shown, election="pcc.2021-05-06")))
    assert "checkpoint, size" in found_by(shown, head_page(size=17))
    cut = signed(shown, size=19)
    assert "the ledger was cut" in found_by(shown, head_page(note=cut, size=19))
    other = signed(shown, chain="00" * 32)
    assert "not the one whose head was signed" in found_by(shown, head_page(note=other))
    old = signed(shown, signed_at=datetime.now(UTC) - timedelta(hours=2))
    assert "checkpoint, age_s" in found_by(shown, head_page(note=old))
    assert "older than you allow" in found_by(shown, head_page(note=old, age_s=7200), "--max-age", "3600")
    early = head_page(note=shown.early, size=2)
    assert "older than the one that you have" in found_by(shown, early, "--checkpoint", str(kept))


def test_a_service_that_shows_no_signed_head_is_found(shown: Shown, tmp_path: Path) -> None:
    """Promise: with a key to check with, no head is not a small thing; unless one of one's own is compared."""

    def hidden(path: str) -> int | None:
        return 404 if path.endswith("/checkpoint") else None

    kept = tmp_path / "night.head"
    kept.write_text(shown.head, "utf-8")
    key = ("--public-key", f"{shown.key}.pub")
    with cheating(shown.publisher.url, lambda _path, content: content, hidden) as url:
        code, found = verify(url, *key)
        assert (code, found["difference"]["where"]) == (1, "checkpoint")
        code, found = verify(url, *key, "--checkpoint", str(kept))
    assert (code, found["checkpoint"]) == (0, 18)


@pytest.fixture
def replaced(shown: Shown, nursery: Nursery, tmp_path: Path) -> Iterator[str]:
    """Publish the night with other votes, chained anew and derived anew, beside the signed head of the true one."""
    forged = chained_anew(altered([data for _, data in entries(shown.pipeline.client, "ledger")]))
    chain = json.loads(forged[-1])["chain"]
    export = tmp_path / "forged.ledger"
    lines = [b"tallywire-ledger 1 %s %d %s\n" % (ELECTION.encode(), len(forged), chain.encode())]
    lines += [b"%d-0 %d\n%s\n" % (place, len(entry), entry) for place, entry in enumerate(forged, 1)]
    export.write_bytes(b"".join(lines))
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, nursery, tmp_path) as pipeline:
        assert tallywire(server.url, "restore", str(export)).exit_code == 0
        pipeline.start_all()
        settle(server.url)
        key = pipeline.centre(ELECTION).key("checkpoint")
        pipeline.client.hset(key, mapping={"note": shown.head, "deposited": datetime.now(UTC).isoformat()})
        publisher = Publisher(pipeline)
        publisher.await_ready()
        await_head(publisher, shown.head)
        yield publisher.url


def test_a_ledger_replaced_as_a_whole_is_found_with_the_key_alone(shown: Shown, replaced: str) -> None:
    """Promise: where everything fits together and is a lie, the signed head finds it; without the key that is said."""
    code, found = verify(replaced)
    assert code == 0, found
    assert any("replaced the ledger as a whole" in each for each in found["not_checked"])
    code, found = verify(replaced, "--public-key", f"{shown.key}.pub")
    assert code == 1, found
    assert "whose head was signed" in found["difference"]["what"]


def test_what_is_found_is_said_to_a_person(shown: Shown) -> None:
    """Promise: the place, both values, and what to do as one who does not run the service."""
    with cheating(shown.publisher.url, CHEATS["a figure on a page"][0]) as url:
        done = tallywire("", "verify", url)
    assert done.exit_code == 1
    said = done.stdout.replace("\n", " ")
    assert "page contests" in said
    assert "ask who runs it" in said
    assert "rebuild" not in said
