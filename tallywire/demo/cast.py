"""Who plays in a rehearsal: the centres, each with a key of its own, the desk, and the operator who enrols them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from schemas.key import Role
from tallywire.client.signing import SigningKey, write_key
from tallywire.client.submissions import Submission
from tallywire.demo.script import DESK, Post

SOURCE: Final = "/tallywire/rehearse"

PERSON: Final = "rehearsal."
"""What the person ids of who plays begin with."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in a rehearsal that asks for signatures.

    A rehearsal that does not has a cast without keys.
    """

    election: str
    operator: SigningKey | None
    keys: Mapping[str, SigningKey]
    """The key of each contest's centre, by ballot id, and that of the desk."""

    @classmethod
    def draw(cls, election: str, operator: SigningKey | None, ballots: Iterable[str]) -> "Cast":
        """Return a cast; without keys where there is no operator who could enrol them."""
        parts = () if operator is None else (DESK, *dict.fromkeys(ballots))
        return cls(election, operator, {part: SigningKey.draw() for part in parts})

    def enrolments(self, at: datetime) -> list[Submission]:
        """Return the messages with which the operator enrols everybody.

        Args:
            at: when they are sent.
        """
        found = []
        for number, (part, key) in enumerate(self.keys.items()):
            role: Role = "desk" if part == DESK else "returning-officer"
            data: dict[str, Any] = {
                "key_id": key.key_id,
                "public_key": key.public_key,
                "person": f"{PERSON}{DESK}" if part == DESK else f"{PERSON}centre-{number}",
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

    def write(self, folder: Path) -> None:
        """Write every key to a file of its own that only its owner may read: `desk.pem`, and one for each contest.

        Raises:
            UsageError: a file is there already, or cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for part, key in self.keys.items():
            write_key(folder / f"{part}.pem", key)
