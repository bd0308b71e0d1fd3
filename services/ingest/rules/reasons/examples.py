"""How fields are written, as examples in sentences to the sender."""

from collections.abc import Iterator, Mapping
from typing import Final

_KEY: Final = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

_GIVEN: Final = {
    "specversion": '"1.0"',
    "id": '"testshire-revision-1"',
    "source": '"/count-centres/testshire"',
    "type": '"tallywire.declaration.v1"',
    "subject": '"pcc.testshire.2030-05-02"',
    "ballot_id": '"pcc.testshire.2030-05-02"',
    "revision": "1",
    "votes": '{"ann-example": 1833}',
    "elected": '["ann-example"]',
    "area": '"Testborough"',
    "areas": '[{"area": "Testborough", "votes": {"ann-example": 1833}}]',
    "action": '"surplus"',
    "of": '["ann-example"]',
    "totals": '{"ann-example": "806.07214"}',
    "reason": '"Two figures were swapped"',
    "key_id": f'"{_KEY}"',
    "public_key": f'"{_KEY}"',
    "person": '"clerk-1"',
    "role": '"clerk"',
    "mode": '"live"',
    "hold": "17",
    "decision": '"confirm"',
}
"""What a field that must be given may hold."""

_IDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("ballot_id", "contests"), '"pcc.testshire.2030-05-02"'),
    **dict.fromkeys(("votes", "final_round", "candidates", "elected", "lot", "of"), '"ann-example"'),
    **dict.fromkeys(("totals", "transfers", "non_transferable"), '"806.07214"'),
    **dict.fromkeys(("party", "parties", "counts_as", "previous_votes"), '"PP53"'),
    "name_digest": f'"{"0123456789abcdef" * 4}"',
    "key_id": f'"{_KEY}"',
    "public_key": f'"{_KEY}"',
    "person": '"clerk-1"',
    "entries": f'"{"0123456789abcdef" * 4}"',
    "election": '"pcc.2030-05-02"',
    **dict.fromkeys(("regions", "body", "bodies"), '"east-of-england"'),
    "colour": '"#0087DC"',
    "boundary_date": '"2030-05-02"',
}
"""How an id is written in a field, or in the names or items in it."""


def like(field: str) -> str:
    """Return what a field that must be given may hold, to end a sentence with; empty where there is no example."""
    return f", like {_GIVEN[field]}" if field in _GIVEN else ""


def id_like(loc: tuple[str | int, ...]) -> str:
    """Return how an id at ``loc`` is written: by the innermost field that has ids."""
    written: Iterator[str] = (_IDS[str(step)] for step in reversed(loc) if str(step) in _IDS)
    return next(written, "the schema says")
