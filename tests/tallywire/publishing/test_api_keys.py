"""API keys of readers, at a real publishing service that asks for them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.client.errors import UsageError
from tallywire.embedded.server import start_server
from tallywire.publishing.api_keys import ApiKeys, draw_key
from tallywire.web.problems import NotTaken
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(33, contests=2, declarations=3)
LIST: Final = "/v1/elections"
SNAPSHOT: Final = f"{LIST}/{NIGHT.election}/snapshot"
EVENTS: Final = f"{LIST}/{NIGHT.election}/events"
READER, READER_PART = draw_key("reader", 1_000_000, 3)
BUSY, BUSY_PART = draw_key("busy", 3, 1)
GONE, GONE_PART = draw_key("gone", 1_000, 5)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the keys."""
    path: Path = tmp_path_factory.mktemp("keys") / "api-keys.toml"
    path.write_text(READER_PART + BUSY_PART + GONE_PART, "utf-8")
    return path


@pytest.fixture(scope="module")
def publisher(nursery: Nursery, file: Path) -> Iterator[Publisher]:
    """Return a publishing service that asks for keys."""
    folder = file.parent
    with start_server(folder, ephemeral=True) as started, pipeline_on(started, nursery, folder) as prepared:
        prepared.start_all()
        prepared.open(NIGHT).settle()
        found = Publisher(prepared, Fault(api_keys=str(file)))
        found.await_ready()
        yield found
        log = found.service.log()
        assert not [key for key in (READER, BUSY, GONE) if key in log]


def test_nobody_reads_without_a_key(publisher: Publisher) -> None:
    """Promise: without a key that somebody has every page answers 401, and how to name one; probes do not."""
    for path in (LIST, SNAPSHOT, EVENTS, "/nothing"):
        for given in ({}, {"Authorization": f"Bearer {READER}x"}, {"Authorization": f"Basic {READER}"}):
            answer = publisher.get(path, **given)
            assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")
            assert answer.headers["www-authenticate"].startswith('Bearer realm="tallywire"')
            assert answer.headers["access-control-allow-origin"] == "*"
    assert publisher.get("/health/ready").status == 200
    assert publisher.get(EVENTS, "OPTIONS").status == 204


def test_a_key_is_named_in_a_header_or_a_parameter(publisher: Publisher) -> None:
    """Promise: a key opens every page, in either place, and no cache may pass on what is read with it."""
    named = publisher.get(SNAPSHOT, Authorization=f"Bearer {READER}")
    asked = publisher.get(f"{SNAPSHOT}?key={READER}")
    assert (named.status, asked.status, asked.body) == (200, 200, named.body)
    assert named.headers["cache-control"] == "private, max-age=1"
    past = publisher.get(f"{SNAPSHOT}?key={READER}&at={named.json['cursor']}")
    assert past.headers["cache-control"] == "private, max-age=31536000, immutable"
    with Feed(publisher, f"{EVENTS}?key={READER}") as feed:
        assert feed.answer.status == 200
        assert feed.answer.getheader("cache-control") == "private, no-cache"
        assert next(feed.blocks()).id


def test_who_has_a_key_can_verify_with_it(publisher: Publisher) -> None:
    """Promise: `tallywire verify URL` reads with the key in TALLYWIRE_API_KEY, and says where to name one."""
    refused = CliRunner().invoke(app, ["verify", publisher.url, "--json"])
    assert refused.exit_code == 2
    assert "TALLYWIRE_API_KEY" in refused.stderr
    verified = CliRunner(env={"TALLYWIRE_API_KEY": READER}).invoke(app, ["verify", publisher.url, "--json"])
    assert verified.exit_code == 0, verified.output


def test_more_requests_than_a_key_may_make_wait(publisher: Publisher) -> None:
    """Promise: every answer says what is left, and what is over is told when to go on; others are not concerned."""
    header = {"Authorization": f"Bearer {BUSY}"}
    answers = [publisher.get(LIST, **header) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=3;w=60'
    left = [re.match(r'"requests";r=(\d+);t=\d+$', each.headers["ratelimit"]) for each in answers[:3]]
    assert [found[1] for found in left if found] == ["2", "1", "0"]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert "more than 3 requests" in answers[3].json["detail"]
    assert publisher.get(LIST, Authorization=f"Bearer {READER}").status == 200


def test_more_streams_than_a_key_may_have_wait(publisher: Publisher) -> None:
    """Promise: a key has so many streams at once, and one that ends makes room."""
    path = f"{EVENTS}?key={READER}"
    with ExitStack() as stack:
        feeds = [stack.enter_context(Feed(publisher, path)) for _ in range(3)]
        assert [feed.answer.status for feed in feeds] == [200, 200, 200]
        over = publisher.get(path)
        assert (over.status, "retry-after" in over.headers) == (429, True)
        assert "3 streams are open" in over.json["detail"]

    def has_room() -> bool:
        with Feed(publisher, path) as feed:
            return feed.answer.status == 200

    wait_until(has_room, what="the streams to have ended")


def test_a_key_that_is_taken_back_ends(publisher: Publisher, file: Path) -> None:
    """Promise: the file is read again when it changes: streams of a key that has gone end, and others go on."""
    with Feed(publisher, f"{EVENTS}?key={GONE}") as gone, Feed(publisher, f"{EVENTS}?key={READER}") as other:
        assert next(gone.blocks()).id
        assert next(other.blocks()).id
        file.write_text("no TOML", "utf-8")
        publisher.service.await_saying("api_keys.not_read")
        assert publisher.get(LIST, Authorization=f"Bearer {GONE}").status == 200
        file.write_text(READER_PART, "utf-8")
        assert list(gone.blocks()) == []
        assert publisher.get(LIST, Authorization=f"Bearer {GONE}").status == 401
        assert publisher.get(LIST, Authorization=f"Bearer {READER}").status == 200


def test_the_command_draws_a_key(tmp_path: Path) -> None:
    """Promise: what is printed goes into the file as it is; the key itself is said once, beside it."""
    path = tmp_path / "keys.toml"
    drawn = CliRunner().invoke(app, ["api-key", "newsroom", "--requests", "5", "--streams", "0"])
    path.write_text(drawn.stdout, "utf-8")
    key = drawn.stderr.split()[-1]
    assert key not in drawn.stdout
    assert ApiKeys(path).admit(key).quota.requests_a_minute == 5
    with pytest.raises(NotTaken, match="not known here"):
        ApiKeys(path).admit(key[:-1])
    assert CliRunner().invoke(app, ["api-key", "a.b"]).exit_code == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no key"),
        ("[a", "is no TOML"),
        ("[a]\nsha256 = 'abc'", "a.sha256"),
        (READER_PART + "stream = 3", "reader.stream: Extra inputs"),
        (READER_PART + READER_PART.replace("[reader]", "[again]"), "reader and again have the same key"),
        (READER_PART.replace("streams = 3", "streams = -1"), "reader.streams"),
    ],
)
def test_a_faulty_file_is_said(tmp_path: Path, content: str, said: str) -> None:
    """Promise: a service whose file of keys is faulty does not start, and says where the fault is."""
    path = tmp_path / "keys.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError, match=re.escape(said)):
        ApiKeys(path)
