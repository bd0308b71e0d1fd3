"""The Atom feed of headlines: what RFC 4287 asks for, ids that stay, and what replaces what."""

import json
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring

import pytest

from tallywire.client.messages import register_event
from tallywire.packs.pack import find_pack, read_pack
from tallywire.publishing import atom
from tallywire.publishing.documents import View
from tallywire.publishing.filters import EVERYTHING, Filter
from tallywire.publishing.history import History
from tests.tallywire.publishing.histories import LICENCE, STRANGE, Played, event, of_pack, played, strange_night, view

ATOM: Final = "{http://www.w3.org/2005/Atom}"
REPLY: Final = "{http://purl.org/syndication/thread/1.0}in-reply-to"
PUBLIC: Final = "https://results.example.org/night"


def feed(shown: View, wanted: Filter = EVERYTHING, last: int | None = None, public_url: str = PUBLIC) -> Element:
    """Return a feed as a reader parses it."""
    return fromstring(atom.feed(shown, wanted, last, public_url))  # noqa: S314  # it is our own


def entries(root: Element) -> list[Element]:
    """Return the entries of a feed."""
    return root.findall(f"{ATOM}entry")


def text(element: Element, name: str) -> str:
    """Return the text of an element's only child of that name."""
    found = element.findall(f"{ATOM}{name}")
    assert len(found) == 1, name
    return found[0].text or ""


def link(element: Element, rel: str) -> str:
    """Return where an element's only link of that kind leads."""
    found = [each.attrib["href"] for each in element.findall(f"{ATOM}link") if each.attrib["rel"] == rel]
    assert len(found) == 1, rel
    return found[0]


@pytest.mark.parametrize("election", ["nia.2016-05-05", "pcc.2024-05-02", "sp.2031-05-01"])
def test_a_feed_is_what_the_rfc_asks_for(election: str) -> None:
    """Promise: each feed and entry has one id, title and time (RFC 4287, 4.1), an author, and links; newest first."""
    shown = view(of_pack(election))
    root = feed(shown)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *entries(root)):
        assert text(element, "id") == UUID(text(element, "id")).urn
        assert text(element, "title")
        assert datetime.fromisoformat(text(element, "updated")).tzinfo is not None
        assert link(element, "alternate").startswith(f"{PUBLIC}/v1/elections/{election}/")
    assert text(root.findall(f"{ATOM}author")[0], "name")
    assert LICENCE in text(root, "rights")
    assert text(root, "updated") == text(entries(root)[0], "updated")
    headlines = json.loads(shown.headlines_document(EVERYTHING, atom.ENTRIES))["headlines"]
    said = [f"{atom.REHEARSAL if shown.test else ''}{one['data']['text']}" for one in reversed(headlines)]
    assert [text(each, "title") for each in entries(root)] == said
    assert [text(each, "updated") for each in entries(root)] == [one["time"] for one in reversed(headlines)]
    assert len({text(each, "id") for each in entries(root)}) == len(headlines)


def test_corrections_and_withdrawals_name_what_they_replace() -> None:
    """Promise: an entry that takes another one's place says which, by its id and in words; both stay in the feed."""
    root = feed(view(strange_night()), Filter(ballots=frozenset({STRANGE})))
    told = list(reversed(entries(root)))
    assert [each.findall(f"{ATOM}category")[0].attrib["term"] for each in told] == [
        *("hold", "correction", "withdrawal", "gain"),
    ]
    for before, after in pairwise(told):
        replies = [each.attrib["ref"] for each in after.findall(REPLY)]
        assert replies == [text(before, "id")] == [link(after, "related")]
        assert text(before, "title") in text(after, "content")
    assert not told[0].findall(REPLY)


def test_ids_stay() -> None:
    """Promise: an entry keeps its id while the night goes on and in any filter; another feed has another id."""
    whole = feed(view(strange_night()))
    ids = {text(each, "title"): text(each, "id") for each in entries(whole)}
    for root in (feed(view(strange_night(), 5)), feed(view(strange_night()), Filter(priority=3), public_url="")):
        assert entries(root)
        assert all(ids[text(each, "title")] == text(each, "id") for each in entries(root))
    assert text(feed(view(strange_night(), 5)), "id") == text(whole, "id")
    assert text(feed(view(strange_night()), Filter(priority=3)), "id") != text(whole, "id")


def test_what_is_loaded_anew_has_ids_of_its_own() -> None:
    """Promise: a night that is played over again is news to a reader; ids do not come from the election's id alone."""
    pack = read_pack(find_pack("parl.2026-02-26"))
    other = json.dumps(json.loads(pack.register_bytes) | {"name": "Played again"}).encode()
    again = played("parl.2026-02-26", register_event(pack.register, other), pack.declarations)
    first, second = (feed(view(each)) for each in (of_pack("parl.2026-02-26"), again))
    assert {text(each, "id") for each in entries(first)}.isdisjoint(text(each, "id") for each in entries(second))
    assert text(first, "id") != text(second, "id")


def test_a_rehearsal_says_so_in_every_title() -> None:
    """Promise: no reader of a rehearsal's feed takes a headline for real."""
    pack = read_pack(find_pack("parl.2026-02-26"))
    election = "rehearsal.parl.2026-02-26"
    register = json.loads(pack.register_bytes) | {"election": election, "test": True}
    night = Played(election, event("register", election, register, "register", test=True))
    declared = [json.dumps(json.loads(each) | {"test": True}).encode() for each in pack.declarations]
    root = feed(view(night.send(*declared)))
    assert entries(root)
    assert all(text(each, "title").startswith("REHEARSAL: ") for each in (root, *entries(root)))


def test_names_are_text_whatever_they_hold() -> None:
    """Promise: a name with HTML or with characters that XML cannot have is text in the feed."""
    root = feed(view(strange_night()))
    content = "\n".join(text(each, "content") for each in entries(root))
    assert "<script>alert(1)</script> & <b>Sons</b>" in content
    assert {each.attrib["type"] for each in root.iter(f"{ATOM}content")} == {"text"}
    register = json.loads((find_pack("parl.2026-02-26") / "register.json").read_bytes()) | {"name": "a \ufffe b \uffff"}
    night = Played("parl.2026-02-26", event("register", "parl.2026-02-26", register, "register"))
    assert text(feed(view(night.history)), "title") == "a \ufffd b \ufffd"


def test_links_begin_where_the_operator_says() -> None:
    """Promise: links begin with the public URL, and are relative where there is none; the feed's own has its filter."""
    wanted = Filter(kinds=frozenset({"gain"}), priority=3)
    own = f"/v1/elections/{strange_night().election}/headlines.atom?kind=gain&priority=3&last=5"
    assert link(feed(view(strange_night()), wanted, 5), "self") == PUBLIC + own
    assert link(feed(view(strange_night()), wanted, 5, f"{PUBLIC}/"), "self") == PUBLIC + own
    assert link(feed(view(strange_night()), wanted, 5, ""), "self") == own


def test_a_feed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the newest 100 headlines, or as many as are asked for up to a limit."""
    shown = view(of_pack("parl.2024-07-04"))
    assert len(entries(feed(shown))) == atom.ENTRIES
    assert len(entries(feed(shown, last=3))) == 3
    assert len(entries(feed(shown, last=999_999))) == len(shown.headlines()) < atom.ENTRIES_MAX
    monkeypatch.setattr(atom, "ENTRIES_MAX", 200)
    assert len(entries(feed(shown, last=999_999))) == 200


def test_before_everything_a_feed_is_empty() -> None:
    """Promise: an election without headlines has a feed that is valid, with a time."""
    root = feed(View(History("local.2030-05-02"), 0, LICENCE))
    assert not entries(root)
    assert text(root, "updated") == "2030-05-02T00:00:00.000+00:00"
