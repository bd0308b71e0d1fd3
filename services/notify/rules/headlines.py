"""The rule: a result or a state of control in, headlines out.

A result has one headline about its seats; one about who is excluded in its count, one about the largest swing, and one
for each region that it completes, may follow. A state of control has headlines about its council or parliament. What
was said is remembered, so that it is said once, and taken back when it does not hold any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.events import ControlEvent, HeadlineEvent, ResultsEvent
from schemas.headline import Headline
from services.notify.rules.completion import completed_regions
from services.notify.rules.control_headlines import control_headlines, place_of_body
from services.notify.rules.count_headlines import count_headlines
from services.notify.rules.draft import Draft, headline_id
from services.notify.rules.facts import facts_of
from services.notify.rules.memory import SAID, SWING, Claim, Memory, Remembered
from services.notify.rules.seat_headlines import only_reviewed, seat_headline
from services.notify.rules.seats_won import KNOWN, seats_won
from services.notify.rules.subjects import Subject, body_subject, contest_subject
from services.notify.rules.swing_headlines import largest_swing, swing_known
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
        drafts = tuple(control_headlines(memory, event.data))
        if not drafts:
            return Headlines((), {})
        return _headlines(memory, event, drafts, body_subject(event.data, memory.body_regions(event.data.body)), {})
    result = event.data
    won, remember = seats_won(result), place_of_body(memory, result)
    facts = facts_of(result, won)
    found: list[Draft] = []
    subject = contest_subject(result, won, facts)
    if only_reviewed(result):
        return _headlines(memory, event, (seat_headline(memory, result, won, facts),), subject, {})
    if result.kind in KNOWN:
        # What happened to the contest at a declaration of another kind only a later release can say.
        found.append(seat_headline(memory, result, won, facts))
        besides = list(count_headlines(memory, result))
        swing = swing_known(memory, result)
        if swing is not None:
            remember[SWING, result.ballot_id] = swing
            besides.extend(largest_swing(memory, result, swing))
        if besides:
            # Facts are news of the seats; a subscriber who filters by them hears of them once.
            without_facts = subject.without_facts()
            found.extend(one._replace(subject=without_facts) for one in besides)
    found.extend(completed_regions(memory, result))
    return _headlines(memory, event, found, subject, remember)


def _headlines(
    memory: Memory,
    cause: ResultsEvent,
    drafts: Sequence[Draft],
    subject: Subject,
    remember: dict[tuple[str, str], Remembered],
) -> Headlines:
    """Return drafts as events, each in the place of the last one about its subject, and remember what they claim."""
    events = []
    for place, draft in enumerate(drafts):
        event_id = headline_id(cause.id, place)
        last = memory.claim(draft.about).headline or None
        events.append(_event(cause, draft, draft.subject or subject, event_id, last))
        remember[SAID, draft.about] = Claim(headline=event_id, words=draft.claim, ground=draft.ground)
    return Headlines(tuple(events), remember)


def _event(cause: ResultsEvent, draft: Draft, subject: Subject, event_id: str, supersedes: str | None) -> HeadlineEvent:
    row = draft.occasion.value
    return HeadlineEvent(
        id=event_id,
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
            facts=subject.facts,
            defeated=subject.defeated,
            majority=subject.majority,
            turnout=subject.turnout,
            baseline=subject.baseline,
            result_id=cause.id,
            revision=subject.revision,
            supersedes=supersedes,
        ),
    )
