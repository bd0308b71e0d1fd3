"""Headlines as an Atom feed (RFC 4287), newest first; what replaces another one says which (RFC 4685)."""

import re
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from jiter import from_json

from schemas import RELEASE
from streams.chain import origin
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event
from tallywire.publishing.filters import Filter, written
from tallywire.publishing.history import polling_day

MEDIA_TYPE: Final = "application/atom+xml"

ENTRIES: Final = 100
"""Headlines in a feed unless ``last`` says how many: more than an hour of a night of 650 contests brings as a rule."""

ENTRIES_MAX: Final = 1_000
"""Headlines in a feed at most: more than a night of 650 contests has. 1 MB."""

REHEARSAL: Final = "REHEARSAL: "
"""What titles begin with where nothing is real."""

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document can have."""

_REPLACING: Final = {"correction": "This corrects", "withdrawal": "This withdraws"}
"""What an entry says of the one whose place it takes, by kind; others: ``This takes the place of``."""


def feed(view: View, wanted: Filter, last: int | None, public_url: str) -> bytes:
    """Return the headlines that a filter selects, newest first.

    Args:
        view: the election at a moment.
        wanted: the filter.
        last: how many of the newest; None for ``ENTRIES``.
        public_url: where the service is reached from outside; empty where nobody said, then links are relative.
    """
    number = ENTRIES if last is None else min(last, ENTRIES_MAX)
    chosen = [each for each in view.selected_headlines(wanted, number) if each.type == "headline"]
    here = f"{public_url.rstrip('/')}/v1/elections/{view.history.election}"
    query = [*written(wanted), *([("last", str(last))] if last is not None else ())]
    root = _head(view, written(wanted), chosen[-1] if chosen else None)
    own = f"{here}/headlines.atom{f'?{urlencode(query)}' if query else ''}"
    SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=own)
    SubElement(root, "link", rel="alternate", type="application/json", href=f"{here}/headlines")
    names = _names(view)
    by_id = {each.id: each for each in view.headlines()}
    for event in reversed(chosen):
        _entry(root, from_json(event.content), here, names, by_id)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _head(view: View, filtered: list[tuple[str, str]], newest: Event | None) -> Element:
    root = Element(
        "feed",
        {
            "xmlns": "http://www.w3.org/2005/Atom",
            "xmlns:thr": "http://purl.org/syndication/thread/1.0",
            "xml:lang": "en-GB",
        },
    )
    name = view.head.name if view.head is not None else view.history.election
    _text(root, "title", f"{REHEARSAL if view.test else ''}{name}")
    _text(root, "id", _names(view).of(f"headlines?{urlencode(filtered)}"))
    _text(root, "updated", _time(newest, view))
    _text(SubElement(root, "author"), "name", "Tallywire")
    _text(root, "generator", "Tallywire", version=RELEASE)
    sources = view.head.sources if view.head is not None else ()
    _text(root, "rights", "\n".join((f"Licence of this feed: {view.licence}", *sources)))
    return root


class _Names:
    """Ids of entries and feeds: the same for every process and after a rebuild, and others in another ledger."""

    def __init__(self, chain: str) -> None:
        self._space = UUID(hex=chain[:32])

    def of(self, what: str) -> str:
        return uuid5(self._space, what).urn


def _names(view: View) -> _Names:
    """Return the ids of what follows from this ledger: its first entry names it, for it says when it was loaded."""
    ledger = view.history.ledger
    return _Names(ledger[0].chain if ledger else origin(view.history.election))


def _entry(root: Element, said: dict[str, Any], here: str, names: _Names, by_id: dict[str, Event]) -> None:
    data = said["data"]
    entry = SubElement(root, "entry")
    _text(entry, "title", f"{REHEARSAL if said.get('test') else ''}{data['text']}")
    _text(entry, "id", names.of(said["id"]))
    _text(entry, "updated", said["time"])
    _text(entry, "published", said["time"])
    SubElement(entry, "link", rel="alternate", type="application/json", href=f"{here}/{_about(data)}")
    SubElement(entry, "category", term=_clean(data["kind"]))
    content = data["detail"]
    replaced = by_id.get(data.get("supersedes") or "")
    if replaced is not None:
        old, what = names.of(replaced.id), from_json(replaced.content)["data"]["text"]
        SubElement(entry, "thr:in-reply-to", ref=old)
        SubElement(entry, "link", rel="related", href=old, title=_clean(what))
        if what not in content:
            content += f"\n{_REPLACING.get(data['kind'], 'This takes the place of')}: {what}"
    _text(entry, "content", content, type="text")


def _about(data: dict[str, Any]) -> str:
    """Return the page of what a headline is about."""
    if data["ballot_id"] is not None:
        return f"contests/{data['ballot_id']}"
    if data["body"] is not None:
        return f"bodies/{data['body']}"
    if data.get("region") is not None:
        return f"regions/{data['region']}"
    return "headlines"


def _time(newest: Event | None, view: View) -> str:
    """Return when a feed changed last."""
    if newest is not None:
        return str(from_json(newest.content)["time"])
    when = view.moment.accepted if view.place else polling_day(view.history.election)
    return when.isoformat(timespec="milliseconds")


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
