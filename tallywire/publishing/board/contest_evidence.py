"""What proves the figures of a contest: ledger entry, digests, key, chain."""

from hashlib import sha256
from typing import Final

from streams.ledger_tail import split
from tallywire.publishing.board.contest_at import ContestAt
from tallywire.publishing.board.contest_ledger import Taken

_TYPES: Final = {
    "tallywire.declaration.v1": "declaration",
    "tallywire.amendment.v1": "amendment of the register",
    "tallywire.hold.v1": "hold",
    "tallywire.confirmation.v1": "decision on a hold",
    "tallywire.entry.v1": "figures as typed",
}


def evidence(at: ContestAt) -> dict[str, object] | None:
    """Return what proves the figures: ledger entry, digests, key, chain."""
    if at.behind is None:
        return None
    taken, event = at.behind
    election = at.view.history.election
    sent, _ = split(taken.entry.content)
    key = at.ledger.key(taken.key_id) if taken.key_id is not None else None
    return {
        "taken": taken,
        "event_id": event.id,
        "source": event.source,
        "href": _href(election, taken),
        "sha256": sha256(sent).hexdigest(),
        "entry_sha256": sha256(taken.entry.content).hexdigest(),
        "key_id": taken.key_id,
        "key": key,
        "role": at.ledger.role(taken),
        "others": [
            (each, _href(election, each), _TYPES.get(each.entry.type, "message"))
            for each in at.ledger.taken
            if each is not taken and each.own
        ],
    }


def _href(election: str, taken: Taken) -> str:
    """Return where a ledger entry can be had, as it was when it was new: so the address stays the same."""
    return f"/v1/elections/{election}/ledger?from={taken.number}&to={taken.number}&at={taken.moment.cursor}"
