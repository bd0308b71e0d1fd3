"""Writes docs/headlines.md: the table of kinds as the rules have it, the fields of the data, and the house style.

python -m tests.services.notify.headlines_document
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from schemas.headline import ElectedCandidate, Headline, PartySeats
from schemas.result import ContestName, Turnout
from services.notify.rules.occasions import Occasion
from tests.services.notify.headlines import headlines
from tests.services.notify.occasion_events import EVENTS

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "headlines.md"

_HEAD: Final = """\
# Headlines

What notify says, when, and how loud. A headline has a `text` (short, present tense, party first), a `detail` (the
sentence behind it; a correction adds what changed), and the same facts [as data](#the-data-of-a-headline). All words
are in `services/notify/rules/wording/`, all kinds in `services/notify/rules/occasions.py`. The tables below are made
from the code, and a test has the rules say every example.

Every result has exactly one headline about its seats, and any number of further ones. Priority 1 interrupts a
programme, 2 leads a bulletin, 3 is every seat, 4 is colour, 5 is for those who follow one count.

| kind | priority | about | when | for example |
|---|---|---|---|---|
"""

_DATA: Final = """
## The data of a headline

A reader needs no other event and no table to print a headline, colour it, file it, or replace an earlier one. What does
not apply is null or an empty list; later releases may add fields and kinds. The schema is
`schemas/json/headline.v1.json`.

"""

_SUPERSEDES: Final = """
**What a headline takes the place of.** Of each contest, the last headline about its seats stands; of each council or
parliament, the last one about its control; of each party there, the last one about its landmarks. `supersedes` names
the one before, so a reader that keeps only headlines that no other one supersedes shows what is true now. What else was
said of a contest belongs to the result that it names in `result_id`, and goes with the headline of that result's seats.

For example, the data of a correction:

```json
"""

_TAIL: Final = """
## Said once

Nothing is said twice while it holds. What a withdrawal or a correction undoes is taken back: a result by `correction`
or `withdrawal`, certain control and a landmark by a `correction` of their own; then it may be said again. That a region
is complete is said once and for all.

A majority is narrow below 1 per cent of the valid votes: desks print parliamentary majorities under 100 or under 1,000
as narrow, and a share fits a ward and a police area as well.

## Control, in order

1. `control_lost`, at the first declaration after which the party in control can no longer have a majority. When it is
   certain then that nobody has one: "Conservatives lose Testing to no overall control".
2. `clinched`, at the first declaration that makes a majority certain while seats are still to be declared. What was
   certain before the first declaration, because enough seats are not up, was clinched by nobody.
3. `control_gained`, `control_held` or `no_overall_control`, when every seat is declared. If only then 1 or 2 become
   certain, this is all that is said. A council that nobody controlled and nobody does is news only now, with its
   largest party, and so is the largest party of one that was lost.

Where nobody knows who had control, a majority is `clinched` and no more.

## House style

- The verb agrees with the party's name as spoken: Labour *gains*, Conservatives *gain*.
- From whom a seat was taken is said of by-elections and of several seats; elsewhere it is in the detail.
- Several seats: "Labour gains two seats in Testward from Conservatives", "Conservatives hold all three seats in
  Testward", "Labour and Greens gain a seat each in Testward". When several parties gained from several, nobody is
  named as the loser, and the detail says that it is not certain.
- Numbers below ten are in words, but for comparisons: "7 of 11 areas". A text has at most 90 characters as far as
  names allow; what does not fit is abbreviated or left out, and stays in the detail.
- A correction begins with CORRECTION: and a withdrawal with WITHDRAWN: and both say what no longer holds.
"""


def headlines_document() -> str:
    """Return the document."""
    rows = "".join(
        f"| `{row.kind}` | {row.priority} | {row.about} | {row.when} | {row.example} |\n"
        for row in (occasion.value for occasion in Occasion)
    )
    return _HEAD + rows + _DATA + "\n".join(_fields()) + _SUPERSEDES + _example() + "\n```\n" + _TAIL


def _fields() -> Iterator[str]:
    """Yield a table for each model, made from its docstrings."""
    models: dict[str, type[BaseModel]] = {
        "": Headline,
        "Each of `winners` and `losers`:": PartySeats,
        "Each of `elected`:": ElectedCandidate,
        "`contest`:": ContestName,
        "`turnout`:": Turnout,
    }
    for title, model in models.items():
        head = f"{title}\n\n" if title else ""
        yield f"{head}| field | what it says |\n|---|---|\n" + "".join(
            f"| `{name}` | {(field.description or '').replace(chr(10), ' ').replace('``', '`')} |\n"
            for name, field in model.model_fields.items()
        )


def _example() -> str:
    correction = headlines(EVENTS[Occasion.RESULT_CORRECTED])[-1]
    return json.dumps(json.loads(correction.data.model_dump_json()), indent=2)


if __name__ == "__main__":
    DOCUMENT.write_text(headlines_document(), encoding="utf-8")
