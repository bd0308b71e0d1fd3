"""Reading a service that may be anything: with limits, and patience for one that cannot answer just now."""

from itertools import repeat

import httpx2
import pytest

from tallywire.client.errors import NoServerError, RefusedError
from tallywire.verifying import service as reading
from tallywire.verifying.service import Block, Service, read_blocks, read_place


def answering(*answers: httpx2.Response) -> Service:
    """Return a service that gives these answers, one after the other, and the last one ever after."""
    left = list(answers)

    def answer(_request: httpx2.Request) -> httpx2.Response:
        return left.pop(0) if len(left) > 1 else left[0]

    return Service(httpx2.Client(transport=httpx2.MockTransport(answer)), "http://results.example.org")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAUSE_S", 0.0)


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: neither a page nor an event of the feed can use up our memory."""
    monkeypatch.setattr(reading, "ANSWER_BYTES_MAX", 1_000)
    with pytest.raises(RefusedError, match="is longer than"):
        answering(httpx2.Response(200, content=b"x" * 1_001)).elections()
    for part in (b"data: " + b"x" * 100, b"data: x\n" * 20):
        with pytest.raises(RefusedError, match="is longer than"):
            list(read_blocks(repeat(part, 100)))
    assert len(list(read_blocks(repeat(b"id: l1\n\n", 200)))) == 200


def test_a_service_that_cannot_answer_now_is_asked_again() -> None:
    """Promise: 503 and 429 are waited for, a few times."""
    busy = httpx2.Response(503, headers={"Retry-After": "7"})
    assert answering(busy, httpx2.Response(429), httpx2.Response(200, json={"elections": []})).elections() == []
    with pytest.raises(NoServerError, match="cannot answer now"):
        answering(busy).checkpoint("pcc.2024-05-02")


def test_blocks_are_read_however_they_come() -> None:
    """Promise: a block is the same in one piece or byte by byte, with either line end; comments say nothing."""
    stream = b": alive\n\nretry: 5\n\nid: l1\n\nid: l2\r\nevent: tally\r\ndata: {\r\ndata:}\r\n\r\nid: cut"
    expected = [Block("", "l1", ""), Block("tally", "l2", "{\n}")]
    assert list(read_blocks([stream])) == expected
    assert list(read_blocks(stream[place : place + 1] for place in range(len(stream)))) == expected


@pytest.mark.parametrize(
    ("url", "base", "election"),
    [
        ("https://results.example.org", "https://results.example.org", None),
        ("https://results.example.org/v1/elections/", "https://results.example.org", None),
        ("http://[::1]:8481/v1/elections/pcc.2024-05-02", "http://[::1]:8481", "pcc.2024-05-02"),
        ("https://x.example/night/v1/elections/pcc.2024-05-02/", "https://x.example/night", "pcc.2024-05-02"),
    ],
)
def test_a_url_names_a_service_or_an_election_there(url: str, base: str, election: str | None) -> None:
    """Promise: the URL of a service, behind whatever prefix, and that of an election are both understood."""
    assert read_place(url, None) == reading.Place(base, election)
