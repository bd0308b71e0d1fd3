"""Writes docs/headlines.md: the table of kinds as the rules have it, the fields of the data, and the house style.

python -m tests.services.notify.headlines_document
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from schemas.headline import DefeatedCandidate, ElectedCandidate, Headline, PartySeats
from schemas.result import ContestName, Turnout
from schemas.wire import field_docstrings
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

One declaration is one story: every result has exactly one headline about its seats, which tells the most telling
[fact](#facts-of-a-result) besides. What is about something else (the largest swing, who is excluded in a count,
control, a landmark, a complete region) is a headline of its own. Priority 1 interrupts a programme, 2 leads a
bulletin, 3 is every seat, 4 is colour, 5 is for those who follow one count.

| kind | priority | about | when | for example |
|---|---|---|---|---|
"""

_DATA: Final = """
## The data of a headline

A reader needs no other event and no table to print a headline, colour it, file it, or replace an earlier one. What does
not apply is null or an empty list; later releases may add fields and kinds. The schema is
`schemas/json/headline.v1.json`.

"""

_FACTS: Final = """
## Facts of a result

`facts` holds what is so of a result besides who won, the most telling first, to filter by. The text tells the first one
that has words in the table and fits; the sentence behind it says all of them.

| fact | when | in the text |
|---|---|---|
| `lot` | equal votes at the last seat | by lot; , the last two by lot; , both by lot |
| `first_time` | a party wins, other than in a new post, what it never won before | for the first time |
| `narrow_majority` | less than one valid vote in a hundred between the last elected and the next | by 12 votes; , the \
last by nine votes |
| `from_behind` | second preferences elect somebody who trailed on first ones; under the single transferable vote, who \
leads on first preferences is not elected | on second preferences; on transfers; , first-preference leader Ann Example \
not elected |
| `incumbent_defeated` | a sitting member stood again and lost; `defeated` says who | , defeating Ann Example |
| `holder_changed` | an independent follows another one | |
| `notional` | the seats before are an estimate for changed boundaries | |
| `vacant_seats` | fewer candidates than seats: it is always said | , with three seats vacant |
| `under_review` | a correction that would change who is elected waits for a second person, or list seats do not \
follow from the constituencies any more | |
| `not_checked` | list seats declared before their constituencies: they cannot be held against the rule yet | |

A majority is narrow below 1 per cent of the valid votes: desks print parliamentary majorities under 100 or under 1,000
as narrow, and a share fits a ward and a police area as well.
"""

_SUPERSEDES: Final = """
**What a headline takes the place of.** Every headline claims something of one subject: the seats of a contest, control
of a council or parliament, which party is certain to be the largest there, a party's landmarks, the largest swing of
the election, who is excluded in a count, or a region. `supersedes`
names the last headline about the same subject, so a reader that keeps only headlines that no other one supersedes shows
what is true now.

For example, the data of a correction:

```json
"""

_TAIL: Final = """
## Said once, and taken back

One rule holds for every claim. What was said of a subject is remembered with what it rests on. While that ground holds,
nothing is said but what goes further: a larger swing, a higher landmark, the next step of control. When it is gone, a
`correction` (or a `withdrawal`) says what is true instead, and quotes what is not; then it may be said again.

| claim | rests on | taken back when |
|---|---|---|
| the seats of a contest, with its facts | its result | another result, or an amendment, says otherwise |
| that a result is under review | what waits for a second person | that is confirmed (a correction), or not taken, or \
overtaken (`review_ended`) |
| who is excluded in a count, or takes the last seats | its stages | a stage is another one, or the count does \
not stand |
| that list seats follow from their constituencies | who won these | one of them has another winner: under review |
| the largest swing so far | the swing of that contest | it is another one, or gone |
| control of a body | who is certain of it, who has lost it, which party is largest | any of these changes |
| the seats of a body at the end | each party's seats, with every seat declared | one of them changes, or a seat is \
to be declared again |
| a landmark | the party's seats | it falls below it |
| that a party is certain to be the largest | what every other party can still have | one can have as many again, or \
another party is certain |
| a complete region | every contest there being declared | one is to be declared again |

## Control, in order

1. `control_lost`, at the first declaration after which the party in control can no longer have a majority. When it is
   certain then that nobody has one: "Conservatives lose Testing to no overall control".
2. `clinched`, at the first declaration that makes a majority certain while seats are still to be declared, and
   `no_overall_control` at the first after which nobody can have one any more: "Hung parliament: no party can win a
   majority in the House of Tests". What was certain before the first declaration, because enough seats are not up, was
   clinched by nobody.
3. `control_gained`, `control_held` or `no_overall_control`, when every seat is declared. If only then 1 or 2 become
   certain, this is all that is said. Of a council that nobody controls it names the largest party, or those level.

Where nobody knows who had control, a majority is `clinched` and no more. Where lists or transferable votes fill
seats, it is a `landmark` that a party is certain to be the largest, while seats are still to be declared and no
majority is certain.

## House style

- The verb agrees with the party's name as spoken: Labour *gains*, Conservatives *gain*.
- A headline can be understood alone. Where an election has more than one council or office, each contest names its own:
  "Labour gains St Mary's (North Shire)", "Conservatives hold Norfolk (police and crime commissioner)". Contests that
  would be called the same say more: "Conservatives gain Abbey by-election". `contest.full_name` is the name as said.
- From whom a seat was taken is said of by-elections and of several seats; elsewhere it is in the detail. A gain or hold
  against an estimate for changed boundaries is called notional there.
- Several seats: "Labour gains two seats in Testward from Conservatives", "Conservatives hold all three seats in
  Testward", "Labour and Greens gain a seat each in Testward". When several parties gained from several, nobody is
  named as the loser, and the detail says that it is not certain.
- List seats are nobody's to gain or hold: "Plaid Cymru takes three of six seats in Testfordshire". Beside
  constituencies they are in figures, with the change from last time: "Testing list seats: Labour 4 (+1), Greens 1".
  The detail has the order of election, the figure of the last seat and who was next. A region that is declared before
  its constituencies is not checked, and says so.
- A count by single transferable vote: "Ann Example (Con) elected on the first count in Testford", or at which later
  stage; to be elected without reaching the quota is usual. A whole count is a set of seats against the set before, like
  several seats elsewhere.
- Where seats are filled by list or by single transferable vote no majority is usual, and the largest party leads: "SNP
  largest party in Testshire with 19 seats, up three; no overall control". List seats are apart: "SNP 64 (62 + 2), +1".
- Numbers below ten are in words, but for comparisons: "7 of 11 areas". A text has at most 90 characters as far as
  names allow; what does not fit is abbreviated or left out, and stays in the detail.
- A correction begins with CORRECTION: and a withdrawal with WITHDRAWN: and both say what no longer holds.
- A result under review is said again as it stands. Of what waits, nothing is said but that it waits. A headline of a
  council, a parliament or a region says in its detail how many of the results behind it are under review.
"""


def headlines_document() -> str:
    """Return the document."""
    rows = "".join(
        f"| `{row.kind}` | {row.priority} | {row.about} | {row.when} | {row.example} |\n"
        for row in (occasion.value for occasion in Occasion)
    )
    return _HEAD + rows + _FACTS + _DATA + "\n".join(_fields()) + _SUPERSEDES + _example() + "\n```\n" + _TAIL


def _fields() -> Iterator[str]:
    """Yield a table for each model, made from its docstrings."""
    models: dict[str, type[BaseModel]] = {
        "": Headline,
        "Each of `winners` and `losers`:": PartySeats,
        "Each of `elected`:": ElectedCandidate,
        "Each of `defeated`:": DefeatedCandidate,
        "`contest`:": ContestName,
        "`turnout`:": Turnout,
    }
    for title, model in models.items():
        head = f"{title}\n\n" if title else ""
        yield f"{head}| field | what it says |\n|---|---|\n" + "".join(
            f"| `{name}` | {field_docstrings(model)[name].replace(chr(10), ' ').replace('``', '`')} |\n"
            for name in model.model_fields
        )


def _example() -> str:
    correction = headlines(EVENTS[Occasion.RESULT_CORRECTED])[-1]
    return json.dumps(json.loads(correction.data.model_dump_json()), indent=2)


if __name__ == "__main__":
    DOCUMENT.write_text(headlines_document(), encoding="utf-8")
