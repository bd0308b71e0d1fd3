"""The formats beside JSON, from a real publishing service: headers, caching, past moments, filters."""

import csv
import gzip
import io
from typing import Final
from urllib.parse import quote

import pytest

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Publisher

NIGHT: Final = night(7, contests=6, declarations=12)
ELECTION: Final = NIGHT.election
AT: Final = f"/v1/elections/{ELECTION}"

FORMATS: Final = {
    "contests.csv": "text/csv; header=present; charset=utf-8",
    "candidates.csv": "text/csv; header=present; charset=utf-8",
    "stages.csv": "text/csv; header=present; charset=utf-8",
    "seats.csv": "text/csv; header=present; charset=utf-8",
    "regions.csv": "text/csv; header=present; charset=utf-8",
    "bodies.csv": "text/csv; header=present; charset=utf-8",
    "headlines.csv": "text/csv; header=present; charset=utf-8",
    "headlines.atom": "application/atom+xml",
    "nist.json": "application/json",
}
"""Each page with its media type."""


@pytest.fixture
def played(pipeline: Pipeline) -> Publisher:
    """Return a publishing service that shows a whole night."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    centre.send(list(NIGHT.declarations[:6]))
    centre.settle()
    centre.send(list(NIGHT.declarations[6:]))
    centre.settle()
    return Publisher.ready(pipeline)


def test_every_format_is_a_page_like_the_others(played: Publisher) -> None:
    """Promise: media type, tag, compression, HEAD, what was at a cursor: each format as the JSON pages have it."""
    end = played.await_cursor(ELECTION)
    for page, media_type in FORMATS.items():
        answer = played.get(f"{AT}/{page}")
        assert (answer.status, answer.headers["content-type"]) == (200, media_type), answer.body
        assert answer.headers["tallywire-cursor"] == end
        assert answer.headers["content-disposition"] == f'inline; filename="{ELECTION}-{page}"'
        assert "last-modified" in answer.headers
        assert played.get(f"{AT}/{page}", If_None_Match=answer.headers["etag"]).status == 304
        packed = played.get(f"{AT}/{page}", Accept_Encoding="gzip")
        # What is small is not worth it.
        assert (gzip.decompress(packed.body) if len(answer.body) > 512 else packed.body) == answer.body
        head = played.get(f"{AT}/{page}", method="HEAD")
        assert (head.body, head.headers["etag"]) == (b"", answer.headers["etag"])
        past = played.get(f"{AT}/{page}?at={end}")
        assert past.body == answer.body
        assert "immutable" in past.headers["cache-control"]
        assert played.get(f"{AT}/{page}?at={quote('2020-01-01T00:00:00+00:00')}").status == 307


def test_a_table_of_the_past_shows_the_past(played: Publisher) -> None:
    """Promise: ``?at=`` shows fewer results at an earlier cursor, and each row names it."""
    begin = played.get(f"{AT}/snapshot?at=2020-01-01T00:00:00Z").headers["location"].rpartition("=")[2]
    for cursor in (begin, played.await_cursor(ELECTION)):
        table = played.get(f"{AT}/headlines.csv?at={cursor}").body.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table, newline="")))
        assert len(rows) == len(played.page(ELECTION, f"headlines?at={cursor}")["headlines"])
        assert {row["cursor"] for row in rows} <= {cursor}


def test_filters_are_those_of_the_headlines(played: Publisher) -> None:
    """Promise: headlines are filtered alike in every format, and a filter that cannot be is refused alike."""
    for query in ("kind=hold,gain", "priority=3", "last=2", "ballot=nowhere"):
        ids = [each["id"] for each in played.page(ELECTION, f"headlines?{query}")["headlines"]]
        table = played.get(f"{AT}/headlines.csv?{query}").body.decode("utf-8-sig")
        assert [row["event"] for row in csv.DictReader(io.StringIO(table, newline=""))] == ids
        assert played.get(f"{AT}/headlines.atom?{query}").body.count(b"<entry>") == len(ids)
    for page in ("headlines.csv", "headlines.atom"):
        assert played.get(f"{AT}/{page}?priority=9").status == 400


def test_no_link_is_what_a_request_says(played: Publisher) -> None:
    """Promise: whatever ``Host`` and proxies' headers say, no page holds it: links are relative, or the operator's."""
    headers = {"Host": "evil.example", "X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example"}
    for page in FORMATS:
        answer = played.get(f"{AT}/{page}", **headers)
        assert answer.status == 200
        assert b"evil.example" not in answer.body
    assert f'href="{AT}/headlines.atom"'.encode() in played.get(f"{AT}/headlines.atom").body
