"""Who plays in a rehearsal: the centres, each with a key of its own, the desk, and the operator who enrols them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from schemas.key import Role
from services.ingest.rules.signed_state import EnrolledKey
from tallywire.client.errors import file_error
from tallywire.client.signing import SigningKey, read_key, write_key
from tallywire.client.submissions import Submission
from tallywire.demo.script import DESK, Post

SOURCE: Final = "/tallywire/rehearse"

PERSON: Final = "rehearsal."
"""What the person ids of who plays begin with."""

_REPLACED: Final = "The rehearsal goes on with another key"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in a rehearsal that asks for signatures.

    A rehearsal that does not has a cast without keys.
    """

    election: str
    operator: SigningKey | None
    keys: Mapping[str, SigningKey]
    """The key of each contest's centre, by ballot id, and that of the desk."""

    people: Mapping[str, str]
    """The person ids of who holds them, by the same: they stay when a rehearsal that was cut is gone on with."""

    @classmethod
    def draw(
        cls,
        election: str,
        operator: SigningKey | None,
        ballots: Iterable[str],
        register: Iterable[str],
        folder: Path | None,
    ) -> "Cast":
        """Return a cast; without keys where there is no operator who could enrol them.

        Args:
            election: the rehearsal.
            operator: the key that enrols the others.
            ballots: the contests that are played.
            register: all contests, in the order of the register.
            folder: where the keys are kept, each in a file of its own that only its owner may read: `desk.pem`, and
                one for each contest. A key that is there is used.

        Raises:
            UsageError: a file cannot be read or written, or others may read it.
            RefusedError: a file holds no key.
        """
        parts = () if operator is None else (DESK, *dict.fromkeys(ballots))
        people = {ballot_id: f"{PERSON}centre-{number}" for number, ballot_id in enumerate(register, 1)}
        people[DESK] = f"{PERSON}{DESK}"
        return cls(election, operator, {part: _key(part, folder) for part in parts}, people)

    def enrolments(self, enrolled: Mapping[str, EnrolledKey], at: datetime) -> list[Submission]:
        """Return the messages with which the operator enrols everybody who is not yet.

        A key of the same person that is not at hand, of a rehearsal that was cut, is retired first.

        Args:
            enrolled: the keys that are enrolled, by id.
            at: when they are sent.
        """
        lost: dict[str, list[str]] = {}
        ours = {key.key_id for key in self.keys.values()}
        for key_id, known in enrolled.items():
            if not known.retired and key_id not in ours:
                lost.setdefault(known.person, []).append(key_id)
        found = []
        for part, key in self.keys.items():
            person = self.people[part]
            for key_id in lost.get(person, ()):
                data: dict[str, Any] = {"action": "retire", "key_id": key_id, "reason": _REPLACED}
                event = self.event("key", f"retire-{key_id}", key_id, data)
                found.append(self.signed(event, self.operator, at))
            if key.key_id in enrolled:
                continue
            role: Role = "desk" if part == DESK else "returning-officer"
            data = {
                "key_id": key.key_id,
                "public_key": key.public_key,
                "person": person,
                "role": role,
                "contests": None if part == DESK else [part],
                "mode": "rehearsal",
            }
            event = self.event("key", f"enrol-{key.key_id}", key.key_id, data)
            found.append(self.signed(event, self.operator, at))
        return found

    def event(self, event_type: str, event_id: str, subject: str, data: Mapping[str, object]) -> dict[str, Any]:
        """Return an event of the rehearsal itself, without its time."""
        return {
            "specversion": "1.0",
            "id": event_id,
            "source": SOURCE,
            "type": f"tallywire.{event_type}.v1",
            "subject": subject,
            "election": self.election,
            "test": True,
            "data": data,
        }

    def message(self, post: Post, at: datetime) -> Submission:
        """Return a message of the script as it is sent.

        Args:
            post: the message.
            at: when it is sent.
        """
        return self.signed(post.event, self.keys.get(post.signer), at)

    def signed(self, event: Mapping[str, Any], key: SigningKey | None, at: datetime) -> Submission:
        """Return an event as it is sent at a time: signed, where there is a key."""
        time = at.isoformat(timespec="seconds").replace("+00:00", "Z")
        content = json.dumps({**event, "time": time}, ensure_ascii=False, separators=(",", ":")).encode()
        return Submission("", content, None if key is None else key.sign(content))

    def messages(self, posts: Iterable[Post], moments: Iterable[float]) -> list[Submission]:
        """Return the messages of a script, each signed as of when it is to be sent.

        Args:
            posts: the messages.
            moments: when each is sent, in seconds from now.
        """
        now = datetime.now(UTC)
        return [
            self.message(post, now + timedelta(seconds=moment)) for post, moment in zip(posts, moments, strict=True)
        ]


def _key(part: str, folder: Path | None) -> SigningKey:
    """Return the key of a part: that in the folder, else a new one, which is written there."""
    if folder is None:
        return SigningKey.draw()
    file = folder / f"{part}.pem"
    if file.exists() and (kept := read_key(file)) is not None:
        return kept
    key = SigningKey.draw()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(folder, "be made", error) from error
    write_key(file, key)
    return key
