"""Who plays in a rehearsal, and which keys are enrolled for them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from services.ingest.rules.signed_state import EnrolledKey
from tallywire.client.signing import SigningKey
from tallywire.demo.cast import Cast

ELECTION: Final = "rehearsal.pcc.2024-05-02"
CONTESTS: Final = ("pcc.essex.2024-05-02", "pcc.norfolk.2024-05-02")
OPERATOR: Final = SigningKey.draw()


def draw(folder: Path | None, *ballots: str) -> Cast:
    """Return a cast for contests."""
    return Cast.draw(ELECTION, OPERATOR, ballots, CONTESTS, folder)


def enrolled(cast: Cast, known: dict[str, EnrolledKey]) -> list[dict[str, Any]]:
    """Return what the operator sends."""
    return [json.loads(sent.content)["data"] for sent in cast.enrolments(known, datetime.now(UTC))]


def known_of(cast: Cast) -> dict[str, EnrolledKey]:
    """Return the keys of a cast as they are enrolled."""
    return {
        each["key_id"]: EnrolledKey(each["public_key"], each["person"], each["role"], None)
        for each in enrolled(cast, {})
    }


def test_keys_in_the_folder_are_used_and_enrolled_once(tmp_path: Path) -> None:
    """Promise: a rehearsal that was cut goes on with them; those that are missing are made."""
    cut = draw(tmp_path / "keys", CONTESTS[1])
    again = draw(tmp_path / "keys", *CONTESTS)
    assert {part: again.keys[part] for part in cut.keys} == cut.keys
    assert [each["contests"] for each in enrolled(again, known_of(cut))] == [[CONTESTS[0]]]


def test_keys_that_are_lost_are_retired_first() -> None:
    """Promise: whoever plays has one key that is valid, however often a rehearsal without a folder begins anew."""
    cut, again = draw(None, CONTESTS[1]), draw(None, *CONTESTS)
    sent = enrolled(again, known_of(cut))
    retired = {each["key_id"] for each in sent if each.get("action") == "retire"}
    assert retired == {key.key_id for key in cut.keys.values()}
    people = [each["person"] for each in sent if "person" in each]
    assert people == ["rehearsal.desk", "rehearsal.centre-1", "rehearsal.centre-2"]
