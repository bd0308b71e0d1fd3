"""What is posted in a rehearsal: the declarations of a pack, and the mischief of a night among them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from random import Random
from typing import Any, Final

from schemas.events import AmendmentEvent, DeclarationEvent, type_name
from schemas.register import Register
from schemas.rehearsals import rehearsal_of, rehearsed
from tallywire.demo.playback import PLAY_S, declared_at, timetable
from tallywire.demo.unsigned_register import unsigned_register
from tallywire.desk.readiness import PLAYED
from tallywire.packs.pack import Pack

Json = dict[str, Any]

SEED: Final = 1
"""The same pack is rehearsed in the same way each time, so that two rehearsals can be compared."""

EACH: Final = 100
"""One contest in so many has mischief of each kind, and one at least: 650 contests have six of each."""

FLOOD: Final = 200
"""Messages of a sender who does not stop: what a broken script sends in a second."""

RETRIES: Final = 5
"""Times that a sender repeats itself who hears nothing."""

LATE: Final = 30
"""Hundredths of the night by which a late declaration comes late."""

DESK: Final = "desk"
"""Who signs what only the results desk may send."""

ID: Final = PLAYED
"""What the ids of played messages begin with: by this they are told from a centre's own."""

_DESKS: Final = frozenset({"postponed", "countermanded", "annulled"})
"""Kinds of declaration that only the desk may send."""


class Mischief(Enum):
    """What goes wrong on a night; the value says it in words."""

    LOST_WIFI = "no answer comes, and the same bytes are sent again and again"
    WRONG = "a wrong figure is declared, and corrected by the next revision"
    EXCHANGED = "the votes of two candidates are exchanged, and the winner is named as on the paper"
    OTHER_KEY = "sent with the key, or the candidates, of another contest"
    NEVER = "never sent"
    DOUBLED = "sent twice"
    FLOOD = "a script that does not stop, each time with another id"
    LIVE = "sent as to the real election"
    LATE = "sent long after its time"


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the rehearsal, before it is signed."""

    at: float
    """When it is posted on the recorded night, in seconds from its begin."""
    event: Json
    """The event without its time."""
    signer: str
    """Whose key signs it: that of a contest's centre, by ballot id, or the desk's."""
    ballot_id: str
    mischief: Mischief | None = None
    mended: Json | None = None
    """The data that the sender sends instead once this is refused or returned."""


@dataclass(frozen=True, slots=True)
class Script:
    """A night to rehearse."""

    election: str
    """The id of the rehearsal."""
    posts: tuple[Post, ...]
    """In order of time."""
    mischief: Mapping[str, Mischief]
    """What goes wrong, by contest."""
    right: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The votes that stand at the end of each contest with mischief; that which is never sent has none."""

    def moments(self, speed: float | None) -> list[float]:
        """Return when to send each message, in seconds from now; `playback.timetable` says at which speeds."""
        if speed is None:
            return [number * PLAY_S / max(1, len(self.posts)) for number in range(len(self.posts))]
        return [post.at / speed for post in self.posts]


def rehearsal_register(pack: Pack) -> Json:
    """Return the register of a pack's rehearsal: what it says but for its name, and that it is one."""
    return unsigned_register(pack, rehearsal_of(pack.register.election), "Rehearsal")


def write_script(pack: Pack, left_out: frozenset[str], *, signed: bool) -> Script:
    """Return what is posted in the rehearsal of a pack.

    Args:
        pack: the election and what was declared on its night; a line that is no event is left out.
        left_out: contests that are not played, because their centres send themselves.
        signed: whether the rehearsal asks for signatures.
    """
    election = rehearsal_of(pack.register.election)
    night = [
        Post(at, _event(said, election, number), _signer(said), str(said["data"]["ballot_id"]))
        for number, (said, at) in enumerate(_lines(pack), 1)
    ]
    # Over the whole night: a rehearsal that goes on is the same one, whoever sends their own meanwhile.
    drawn = _choose(night, pack.register)
    chosen = {ballot_id: mischief for ballot_id, mischief in drawn.items() if ballot_id not in left_out}
    hundredth = max((post.at for post in night), default=0.0) / 100 or 1.0
    posts: list[Post] = []
    ballots = list(dict.fromkeys(post.ballot_id for post in night))
    night = [post for post in night if post.ballot_id not in left_out]
    for post in night:
        mischief = chosen.get(post.ballot_id)
        if mischief is None:
            posts.append(post)
            continue
        other = ballots[(ballots.index(post.ballot_id) + 1) % len(ballots)]
        posts += _SCENES[mischief](_Scene(replace(post, mischief=mischief), hundredth, other, signed))
    right = {
        post.ballot_id: dict(post.event["data"]["votes"])
        for post in night
        if post.ballot_id in chosen and chosen[post.ballot_id] is not Mischief.NEVER
    }
    return Script(election, tuple(sorted(posts, key=lambda post: post.at)), chosen, right)


def _lines(pack: Pack) -> Iterator[tuple[Json, float]]:
    """Yield the events of a pack, each with when it was sent on its night."""
    moments = timetable([declared_at(line) for line in pack.declarations], 1.0)
    for line, at in zip(pack.declarations, moments, strict=True):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and isinstance(said.get("data"), dict) and "ballot_id" in said["data"]:
            yield said, at


def _event(said: Json, election: str, number: int) -> Json:
    """Return a recorded event as one of the rehearsal."""
    kept = {name: value for name, value in said.items() if name != "time"}
    return {**kept, "id": f"{ID}{number}", "test": True, "election": election}


def _signer(said: Json) -> str:
    desk = said.get("type") == type_name(AmendmentEvent) or said["data"].get("kind") in _DESKS
    return DESK if desk else str(said["data"]["ballot_id"])


def _choose(night: Sequence[Post], register: Register) -> dict[str, Mischief]:
    """Return which contests have which mischief, drawn from those that are declared once, by votes alone."""
    times = Counter(post.ballot_id for post in night)
    fit = [post.ballot_id for post in night if times[post.ballot_id] == 1 and _is_plain(post, register)]
    Random(SEED).shuffle(fit)  # noqa: S311  # drawn, so that it is not always the first ones; nothing is secret
    each = max(1, len(fit) // EACH)
    kinds = [kind for kind in Mischief for _ in range(each)]
    return dict(zip(fit, kinds, strict=False))


def _is_plain(post: Post, register: Register) -> bool:
    """Whether a declaration can go wrong in every way: one seat, two candidates or more, and one count."""
    data, contest = post.event["data"], register.contests.get(post.ballot_id)
    return (
        post.event.get("type") == type_name(DeclarationEvent)
        and contest is not None
        and contest.seats == 1
        and contest.voting_system != "single-transferable-vote"
        and data.get("kind", "declared") == "declared"
        and data.get("revision") == 1
        and len(set((data.get("votes") or {}).values())) == len(data.get("votes") or ()) > 1
        and not any(data.get(name) for name in ("final_round", "areas", "lot"))
    )


@dataclass(frozen=True, slots=True)
class _Scene:
    """A declaration with which something goes wrong."""

    right: Post
    """The declaration as it should be."""
    hundredth: float
    """A hundredth of the night, in seconds."""
    other: str
    """Another contest of the night; the same where there is none."""
    signed: bool

    @property
    def data(self) -> Json:
        """What is rightly declared."""
        return dict(self.right.event["data"])

    def leading(self) -> list[str]:
        """Return the two candidates with most votes."""
        votes = self.data["votes"]
        return sorted(votes, key=lambda one: -votes[one])[:2]


def _never(_scene: _Scene) -> list[Post]:
    return []


def _lost_wifi(scene: _Scene) -> list[Post]:
    return [_later(scene.right, number * scene.hundredth) for number in range(RETRIES)]


def _doubled(scene: _Scene) -> list[Post]:
    return [scene.right, _later(scene.right, scene.hundredth)]


def _late(scene: _Scene) -> list[Post]:
    return [_later(scene.right, LATE * scene.hundredth)]


def _flood(scene: _Scene) -> list[Post]:
    return [scene.right, *(_as(scene.right, f"-flood-{number}") for number in range(1, FLOOD))]


def _wrong(scene: _Scene) -> list[Post]:
    _, second = scene.leading()
    votes = {**scene.data["votes"], second: max(0, scene.data["votes"][second] - 1)}
    corrected = _later(scene.right, 3 * scene.hundredth)
    return [
        _as(scene.right, "", data=_loosely(scene.data, votes)),
        _as(corrected, "-corrected", data={**scene.data, "revision": 2}),
    ]


def _exchanged(scene: _Scene) -> list[Post]:
    first, second = scene.leading()
    votes = {**scene.data["votes"], first: scene.data["votes"][second], second: scene.data["votes"][first]}
    exchanged = _as(scene.right, "", data={**_loosely(scene.data, votes), "elected": [first]})
    return [replace(exchanged, mended=scene.data)]


def _live(scene: _Scene) -> list[Post]:
    live = {"election": rehearsed(scene.right.event["election"]), "test": False}
    return [_as(scene.right, "-live", **live), _later(scene.right, scene.hundredth)]


def _other_key(scene: _Scene) -> list[Post]:
    there = {"subject": scene.other, "data": {**scene.data, "ballot_id": scene.other}}
    wrong = _as(scene.right, "-other", **({} if scene.signed else there))
    return [replace(wrong, signer=scene.other), _later(scene.right, scene.hundredth)]


_SCENES: Final[Mapping[Mischief, Callable[[_Scene], list[Post]]]] = {
    Mischief.LOST_WIFI: _lost_wifi,
    Mischief.WRONG: _wrong,
    Mischief.EXCHANGED: _exchanged,
    Mischief.OTHER_KEY: _other_key,
    Mischief.NEVER: _never,
    Mischief.DOUBLED: _doubled,
    Mischief.FLOOD: _flood,
    Mischief.LIVE: _live,
    Mischief.LATE: _late,
}
"""What is posted instead of a declaration."""


def _later(post: Post, by_s: float) -> Post:
    return replace(post, at=post.at + by_s)


def _as(post: Post, suffix: str, **changes: object) -> Post:
    return replace(post, event={**post.event, "id": f"{post.event['id']}{suffix}", **changes})


def _loosely(data: Json, votes: Mapping[str, int]) -> Json:
    """Return a declaration with other votes, and without the figures that they would contradict."""
    return {**data, "votes": votes, "papers": None, "rejected": None, "rejected_by_head": None}
