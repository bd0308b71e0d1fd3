"""The rule: a result, or a state of control, in; headlines out.

A result says one thing about its seats, then what is remarkable about them, then which regions are complete; a state
of control says what follows for its council or parliament. What was said is remembered and not said again.
"""

from collections.abc import Mapping
from typing import Final

from schemas.events import ControlEvent, HeadlineEvent, ResultsEvent
from schemas.headline import Headline
from schemas.result import Result
from services.notify.rules.completion import NATIONAL, regions
from services.notify.rules.control_headlines import control_news, groupings
from services.notify.rules.draft import Said, Saying
from services.notify.rules.memory import Memory, Remembered
from services.notify.rules.occasions import KINDS
from services.notify.rules.remarkable import facts
from services.notify.rules.seat_headlines import seat_headline
from services.notify.rules.seats import KNOWN
from services.notify.rules.wording.english import sentence

SOURCE: Final = "/tallywire/notify"


class News:
    """What one event brings about."""

    def __init__(self, headlines: tuple[HeadlineEvent, ...], remember: Mapping[tuple[str, str], Remembered]) -> None:
        self.headlines: Final = headlines
        """In the order in which they are said; of a result, that about its seats comes first."""
        self.remember: Final = remember
        """What to remember, by table and field."""


def news(memory: Memory, event: ResultsEvent) -> News:
    """Return what there is to say, and what to remember of it."""
    found = (control_news(memory, event.data),) if isinstance(event, ControlEvent) else _result_news(memory, event.data)
    sayings = (saying for said in found for saying in said.sayings)
    return News(
        tuple(_headline(memory, event, saying, place) for place, saying in enumerate(sayings)),
        {where: value for said in found for where, value in said.remember.items()},
    )


def _result_news(memory: Memory, result: Result) -> tuple[Said, ...]:
    regional = (regions(memory, result), groupings(memory, result))
    if result.kind not in KNOWN:
        # What happened to the contest only a later release can say.
        return regional
    return (Said((seat_headline(result),)), facts(memory, result), *regional)


def _headline(memory: Memory, event: ResultsEvent, saying: Saying, place: int) -> HeadlineEvent:
    sort = KINDS[saying.case]
    ballot_id, body, revision = None, None, None
    if isinstance(event, ControlEvent):
        body = event.data.body
        groupings_of = memory.body(body).regions or (NATIONAL,)
    elif saying.region is not None:
        groupings_of = tuple(dict.fromkeys((saying.region, NATIONAL)))
    else:
        ballot_id, groupings_of, revision = event.data.ballot_id, event.data.regions, event.data.revision
    return HeadlineEvent(
        # The one about the seats, or the first about a body, is the headline; the others are numbered.
        id=f"{event.id}:headline" if place == 0 else f"{event.id}:headline:{place}",
        source=SOURCE,
        subject=ballot_id or body or saying.region or event.subject,
        time=event.time,
        test=event.test,
        data=Headline(
            kind=sort.kind,
            priority=sort.priority,
            text=saying.text,
            detail=sentence(saying.detail),
            ballot_id=ballot_id,
            body=body,
            regions=groupings_of,
            result_id=event.id,
            revision=revision,
        ),
    )
