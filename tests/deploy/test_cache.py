"""deploy/varnish.vcl, run: a cache in front of the publishing service, which readers at one place share a stream of."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.ports import free_ports
from tests.deploy.debian import debian_program
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import ROOT
from tests.pipeline.subscriber import Block, Copy, Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(33, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
EVENTS: Final = f"/v1/elections/{ELECTION}/events"
EXAMPLE: Final = ROOT / "deploy" / "varnish.vcl"
READERS: Final = 50
ESTABLISHED: Final = "01"


class Cache(Publisher):
    """The cache, asked in the place of the service behind it."""

    def __init__(self, behind: Publisher, folder: Path, program: str) -> None:
        self.host, self.port, self.behind = "127.0.0.1", free_ports(1), behind
        text = EXAMPLE.read_text("utf-8")
        assert text.count('.port = "8481";') == 1
        # So that readers who come one after the other are at one place even on a busy machine.
        assert text.count("set beresp.ttl = 2s;") == 1
        here = text.replace('"8481"', f'"{behind.port}"').replace("set beresp.ttl = 2s;", "set beresp.ttl = 60s;")
        (folder / "varnish.vcl").write_text(here, "utf-8")
        self.process = subprocess.Popen(
            [
                *(program, "-F", "-n", str(folder / "varnish"), "-j", "none"),
                *("-a", f"127.0.0.1:{self.port}", "-f", str(folder / "varnish.vcl"), "-s", "malloc,64m"),
                *("-p", "http_gzip_support=off"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, what="the cache to answer")

    def _answers(self) -> bool:
        try:
            return self.get("/v1/elections").status == 200
        except OSError:
            return False

    def connections_behind(self) -> int:
        """Return how many connections there are to the service behind."""
        lines = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
        wanted = f"{self.behind.port:04X}"
        return sum(fields[2].endswith(f":{wanted}") and fields[3] == ESTABLISHED for fields in lines)


@pytest.fixture
def opened(pipeline: Pipeline) -> Pipeline:
    """Open the night, with all services at work."""
    pipeline.start_all()
    pipeline.open(NIGHT).settle()
    return pipeline


@pytest.fixture
def cache(opened: Pipeline, tmp_path: Path) -> Iterator[Cache]:
    """Run a cache in front of a publishing service."""
    program = debian_program("varnishd", "varnish")
    behind = Publisher(opened)
    behind.await_ready()
    cache = Cache(behind, tmp_path, program)
    yield cache
    cache.process.terminate()
    cache.process.wait()


def test_readers_at_one_place_share_a_stream(cache: Cache, opened: Pipeline) -> None:
    """Promise: fifty readers are one connection to the service, and each has every event; another place is its own."""
    before = cache.connections_behind()
    with ExitStack() as stack:
        feeds = [stack.enter_context(Feed(cache, f"{EVENTS}?after=0")) for _ in range(READERS)]
        other = stack.enter_context(Feed(cache, f"{EVENTS}?after=0", cache.behind.await_cursor(ELECTION)))
        streams = [feed.blocks() for feed in feeds]
        assert len({next(blocks) for blocks in streams}) == 1
        assert cache.connections_behind() <= before + 3, "the shared stream, the other one, and one for pages"
        centre = opened.centre(ELECTION)
        centre.send(NIGHT.declarations)
        centre.settle()
        end = cache.behind.await_cursor(ELECTION)
        told = [_until(blocks, end) for blocks in streams]
        assert all(one == told[0] for one in told)
        copy = Copy()
        for block in told[0]:
            copy.take(block)
        copy.require_equal(cache.behind, ELECTION)
        mine = _until(other.blocks(), end)
        assert mine[0].id.startswith("l1.")
        assert len(mine) < len(told[0])


def _until(blocks: Iterator[Block], end: str) -> list[Block]:
    found = []
    for block in blocks:
        found.append(block)
        if block.id == end:
            return found
    raise AssertionError(f"the stream ended before {end}")


def test_a_page_is_kept_in_each_encoding(cache: Cache) -> None:
    """Promise: what a cache keeps is what the service would answer, by encoding, with its entity tag."""
    for encoding in ("br", "gzip", "identity"):
        kept, straight = (
            each.get(f"/v1/elections/{ELECTION}/contests", Accept_Encoding=encoding) for each in (cache, cache.behind)
        )
        assert kept.headers["etag"].removeprefix("W/") == straight.headers["etag"], encoding
        assert kept.json == straight.json if encoding == "identity" else kept.body == straight.body
        again = cache.get(f"/v1/elections/{ELECTION}/contests", Accept_Encoding=encoding)
        assert again.headers["x-varnish"].count(" ") in {0, 1}
        assert again.body == kept.body
