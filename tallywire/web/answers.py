"""Answers that are the same for everybody: made, encoded and compressed once."""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, Literal

import brotli
from starlette.requests import Request
from starlette.responses import Response

from tallywire.operations.counts import PAGES

KEPT_BYTES_MAX: Final = 128 * 1024 * 1024
"""Bytes of pages that are kept, as they are sent: the latest ones, and the moments that many look at."""

COMPRESSED_MIN: Final = 512
"""Bytes from which a page is compressed: less fits into a packet anyway."""

COMPRESSED: Final = frozenset({"image/png"})
"""What is sent as it is: compressing it again makes it no smaller."""

GZIP_LEVEL: Final = 6
"""zlib's own default."""

BROTLI_QUALITY: Final = 5
"""A page is compressed once and read often, but it must be ready when something happens: 11 takes a second."""

LIVE: Final = "max-age=1"
"""How long the present may be kept, in seconds, by browsers and caches alike."""

PAST: Final = "max-age=31536000, immutable"
"""What was at a cursor never changes."""

Encoding = Literal["identity", "gzip", "br"]

_MADE: Final = PAGES.labels("made")
_KEPT: Final = PAGES.labels("kept")


@dataclass(slots=True)
class Page:
    """An answer."""

    content: bytes
    media_type: str
    modified: datetime | None = None
    """When what it shows came about; None where nothing has yet."""
    settled: bool = False
    """Whether nothing else came about in the second of ``modified``, so that it tells this page from others."""
    file_name: str = ""
    """What it is called where it is kept as a file."""
    _encoded: dict[Encoding, bytes] = field(default_factory=dict)
    _given: dict[Encoding, tuple[str, Mapping[str, str], Response]] = field(default_factory=dict)
    _tag: str = ""
    dated: Mapping[str, str] = field(init=False)
    """The header that says when it came about, if it has."""

    def __post_init__(self) -> None:
        """Write that header once."""
        self.dated = {"Last-Modified": format_datetime(self.modified, usegmt=True)} if self.modified else {}

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.content) + sum(map(len, self._encoded.values()))

    def encoded(self, encoding: Encoding) -> bytes:
        """Return the page in an encoding."""
        if encoding == "identity":
            return self.content
        if encoding not in self._encoded:
            self._encoded[encoding] = (
                brotli.compress(self.content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)  # type: ignore[no-untyped-call]  # it has no types
                if encoding == "br"
                else gzip.compress(self.content, GZIP_LEVEL, mtime=0)
            )
        return self._encoded[encoding]

    def tag(self, encoding: Encoding) -> str:
        """Return its strong entity tag in an encoding."""
        if not self._tag:
            self._tag = sha256(self.content).hexdigest()[:24]
        return f'"{self._tag}"' if encoding == "identity" else f'"{self._tag}-{encoding}"'

    def head(self, encoding: Encoding, caching: str, headers: Mapping[str, str]) -> dict[str, str]:
        """Return what is said of it in an encoding, also to a reader who has it already."""
        said = {"ETag": self.tag(encoding), "Cache-Control": caching, "Vary": "Accept-Encoding"}
        return {**said, **self.dated, **headers}

    def whole(self, encoding: Encoding, caching: str, headers: Mapping[str, str]) -> Response:
        """Return the answer with all of it: the one that was given last, where that said the same."""
        # Writing a head takes longer than all else that an answer needs, and thousands in a row are the same.
        if encoding in self._given:
            before, with_headers, given = self._given[encoding]
            if before == caching and with_headers == headers:
                return given
        said = self.head(encoding, caching, headers)
        if encoding != "identity":
            said["Content-Encoding"] = encoding
        if self.file_name:
            said["Content-Disposition"] = f'inline; filename="{self.file_name}"'
        made = Response(self.encoded(encoding), headers=said, media_type=self.media_type)
        self._given[encoding] = (caching, headers, made)
        return made


class Pages:
    """Pages that were made, those of longest ago going first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, Page] = OrderedDict()
        self._bytes = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes that they take, as they are counted."""
        return self._bytes

    def get(self, key: object, make: Callable[[], Page]) -> Page:
        """Return the page of a key, making it where it is not kept."""
        page = self._kept.get(key)
        (_MADE if page is None else _KEPT).inc()
        if page is None:
            page = self._kept[key] = make()
            # With what compressing will add.
            self._bytes += 2 * len(page.content)
            while self._bytes > KEPT_BYTES_MAX and len(self._kept) > 1:
                self._bytes -= 2 * len(self._kept.popitem(last=False)[1].content)
        else:
            self._kept.move_to_end(key)
        return page

    def kept(self, key: object) -> Page | None:
        """Return the page of a key, if it is kept."""
        page = self._kept.get(key)
        if page is not None:
            self._kept.move_to_end(key)
        return page


def answer(request: Request, page: Page, caching: str, headers: Mapping[str, str]) -> Response:
    """Answer a request for a page, with nothing but the head where the reader has it already.

    Args:
        request: the request, with GET or HEAD.
        page: the page.
        caching: how long it may be kept, as in Cache-Control.
        headers: further headers.
    """
    accepted = ",".join(request.headers.getlist("accept-encoding")) if page.media_type not in COMPRESSED else ""
    encoding = chosen(accepted, len(page.content))
    if has_it(request, page.tag(encoding), page):
        return Response(status_code=304, headers=page.head(encoding, caching, headers))
    return page.whole(encoding, caching, headers)


def chosen(accepted: str, size: int) -> Encoding:
    """Return the encoding to send to a reader who accepts these (RFC 9110, section 12.5.3)."""
    return "identity" if size < COMPRESSED_MIN or not accepted else _preferred(accepted)


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> Encoding:
    """Return the same for a page that is worth it: clients say it in a few dozen ways."""
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights["gzip" if name == "x-gzip" else name] = _weight(parameters)
    others = weights.get("*", 0)
    brotli_weight, gzip_weight = weights.get("br", others), weights.get("gzip", others)
    best = max(brotli_weight, gzip_weight)
    # Plain is taken where it is wanted more; and where nothing else is, even if it is refused, for it is all there is.
    if best <= 0 or weights.get("identity", 0) > best:
        return "identity"
    return "br" if brotli_weight == best else "gzip"


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0
    return 1


def has_it(request: Request, tag: str, page: Page | None = None) -> bool:
    """Whether the reader says that it has what it asks for (RFC 9110, section 13).

    Args:
        request: the request.
        tag: the entity tag of what would be sent.
        page: the page that would be; None for what has no time by which it could be told.
    """
    tags = request.headers.getlist("if-none-match")
    if tags:
        named = {each.strip().removeprefix("W/") for each in ",".join(tags).split(",")}
        return "*" in named or tag in named
    since = request.headers.get("if-modified-since")
    if since is None or page is None or page.modified is None or not page.settled:
        return False
    try:
        known = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    # Two of the forms that RFC 9110 has of a time do not name its zone: it is UTC.
    known = known.replace(tzinfo=UTC) if known.tzinfo is None else known
    return known >= page.modified.replace(microsecond=0) and _over(page.modified)


def _over(when: datetime) -> bool:
    """Whether the second of a time is over: in the same one, something else may still come."""
    return datetime.now(UTC).replace(microsecond=0) > when.replace(microsecond=0)
