"""The rule: a result or a state of control in, headlines out.

A result has one headline about its seats; further ones about the contest, and one for each region that it completes,
may follow. A state of control has headlines about its council or parliament. What was said is remembered, so that it is
said once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.events import ControlEvent, HeadlineEvent, ResultsEvent
from schemas.headline import Headline
from services.notify.rules.completion import completed_regions
from services.notify.rules.control_headlines import control_headlines, regions_of_body
from services.notify.rules.draft import Draft, Drafts, headline_id
from services.notify.rules.further_headlines import further_headlines
from services.notify.rules.memory import Memory, Remembered
from services.notify.rules.seat_headlines import seat_headline
from services.notify.rules.seats_won import KNOWN
from services.notify.rules.subjects import Subject, body_subject, contest_subject
from services.notify.rules.wording.english import sentence

SOURCE: Final = "/tallywire/notify"


@dataclass(frozen=True, slots=True)
class Headlines:
    """What follows from one event."""

    events: tuple[HeadlineEvent, ...]
    """In the order in which they are said; of a result, the one about its seats comes first."""
    remember: Mapping[tuple[str, str], Remembered]
    """What to remember, by table and field."""


def headlines(memory: Memory, event: ResultsEvent) -> Headlines:
    """Return the headlines that follow from an event, and what to remember of them."""
    if isinstance(event, ControlEvent):
        parts: tuple[Drafts, ...] = (control_headlines(memory, event),)
    else:
        parts = (completed_regions(memory, event.data), regions_of_body(memory, event.data))
        if event.data.kind in KNOWN:
            # What happened to the contest at a declaration of another kind only a later release can say.
            parts = (seat_headline(memory, event), further_headlines(memory, event.data), *parts)
    drafts = [draft for part in parts for draft in part.headlines]
    return Headlines(
        tuple(_events(memory, event, drafts)) if drafts else (),
        {where: value for part in parts for where, value in part.remember.items()},
    )


def _events(memory: Memory, cause: ResultsEvent, drafts: Sequence[Draft]) -> Iterator[HeadlineEvent]:
    if isinstance(cause, ControlEvent):
        subject = body_subject(cause.data, memory.body(cause.data.body).regions)
    else:
        subject = contest_subject(cause.data)
    for place, draft in enumerate(drafts):
        yield _event(cause, draft, draft.subject or subject, place)


def _event(cause: ResultsEvent, draft: Draft, subject: Subject, place: int) -> HeadlineEvent:
    row = draft.occasion.value
    return HeadlineEvent(
        id=headline_id(cause.id, place),
        source=SOURCE,
        subject=subject.name,
        time=cause.time,
        test=cause.test,
        data=Headline(
            kind=row.kind,
            priority=row.priority,
            text=draft.text,
            detail=sentence(draft.detail),
            ballot_id=subject.ballot_id,
            contest=subject.contest,
            body=subject.body,
            body_name=subject.body_name,
            region=subject.region,
            region_name=subject.region_name,
            regions=subject.regions,
            winners=subject.winners,
            losers=subject.losers,
            elected=subject.elected,
            majority=subject.majority,
            turnout=subject.turnout,
            baseline=subject.baseline,
            result_id=cause.id,
            revision=subject.revision,
            supersedes=draft.supersedes,
        ),
    )
