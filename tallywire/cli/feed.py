"""What is printed of a feed that is followed over HTTP."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from rich.console import Console

from schemas.events import HeadlineEvent
from schemas.rehearsals import mark
from tallywire.cli.screen import headline_lines, plain, write_lines
from tallywire.client.feed import Notice, Service, Told, follow_feed

_STATES: Final = {
    "rebuilding": "is derived anew; until then it shows what was known",
    "away": "has lost its server; until that is back it shows what was known",
    "broken": "cannot go on",
    "behind": "was too fast for us",
}


@dataclass(frozen=True, slots=True)
class FeedPrinter:
    """Prints what a feed says."""

    console: Console
    """Where events go."""
    notes: Console
    """Where else something is said."""
    as_json: bool
    """Whether events are written as published."""

    def run(
        self, service: Service, election: str | None, parameters: Sequence[tuple[str, str]], after: str | None
    ) -> None:
        """Print for ever."""
        for item in follow_feed(service, election, parameters, after):
            if isinstance(item, Notice):
                self.notes.print(plain(_sentence(service, item)), soft_wrap=True)
            elif self.as_json:
                write_lines([item.event])
            else:
                self._print(item)

    def _print(self, told: Told) -> None:
        try:
            if told.name == "headline":
                event = HeadlineEvent.model_validate_json(told.event)
                self.console.print(*headline_lines(event.data, mark(told.election, test=event.test)), sep="\n")
            else:
                self.console.print(plain(_line(told)), soft_wrap=True)
        except (ValidationError, KeyError, TypeError, ValueError):
            self.notes.print(plain(f"Passed over {told.cursor} of {told.election}: this version cannot read it."))


def _line(told: Told) -> str:
    """Return an event that is no headline as a line."""
    event = json.loads(told.event)
    data = event["data"]
    if told.name == "result":
        label = data["labels"][data["headline_baseline"]]
        said = f", revision {data['revision']}: {data['kind']}{f', {label}' if label else ''}"
    elif told.name == "control":
        said = f": {data['now']}"
    elif told.name == "tally":
        said = f": {data['declared']} of {data['expected']} declared"
    else:
        said = ""
    return f"{told.name} {event['subject']}{said}"


def _sentence(service: Service, notice: Notice) -> str:
    """Return what is said about a feed."""
    name, feed = notice.election, f"The feed of {notice.election}"
    said = {
        "following": f"Following {name}; Ctrl-C ends this.",
        "waiting": f"The election {name} is not loaded yet. Waiting for it; Ctrl-C ends this.",
        "lost": f"{service.url} is away. Waiting for it; Ctrl-C ends this.",
        "back": f"{feed if name else service.url} is back.",
        "resnapshot": f"{name} has another history now, at {notice.cursor}. What was printed may not hold any more: "
        f"{service.url}/v1/elections/{name}/headlines",
    }
    return said.get(notice.what) or f"{feed} {_STATES[notice.what]}: {notice.reason}"
