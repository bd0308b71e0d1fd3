"""Writes docs/headlines.md: the house style, and the table of kinds as the rules have it.

python -m tests.services.notify.headlines_document
"""

from pathlib import Path
from typing import Final

from services.notify.rules.occasions import KINDS

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "headlines.md"

_HEAD: Final = """\
# Headlines

What notify says, when, and how loud. A headline has a `text` (short, present tense, party first), a `detail` (the
sentence behind it; a correction adds what changed), and what a subscriber filters by: `kind`, `priority`, `regions`,
`ballot_id` or `body`. All words are in `services/notify/rules/wording/`, all
kinds in `services/notify/rules/occasions.py`; the table is made from them, and every example is told by a test.

Every result is worth exactly one headline about its seats, and any number of further ones. Priority 1 interrupts a
programme, 2 leads a bulletin, 3 is every seat, 4 is colour, 5 is for those who follow one count.

| kind | priority | when | for example |
|---|---|---|---|
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
    rows = (f"| `{sort.kind}` | {sort.priority} | {sort.when} | {sort.example} |\n" for sort in KINDS.values())
    return _HEAD + "".join(rows) + _TAIL


if __name__ == "__main__":
    DOCUMENT.write_text(headlines_document(), encoding="utf-8")
