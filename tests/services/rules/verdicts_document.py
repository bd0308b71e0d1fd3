"""Writes docs/verdicts.md: what figures may show, and what becomes of the declaration.

python -m tests.services.rules.verdicts_document
"""

from pathlib import Path
from typing import Final

from services.rules.verdicts import VERDICTS, Finding

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "verdicts.md"

_HEAD: Final = """\
# Refused, held, noted

What a declaration's figures may show, and what becomes of it. The table is made from `services/rules/verdicts.py`.

- **Refused**: it cannot be true. The receipt says why ([reasons](reasons.md)).
- **Held**: it can be true and rarely is, so a second, different person must confirm it. Where an election does not ask
  for signatures, nobody can be told from anybody: two of these findings are refused there, the others noted.
- **Noted**: it is so in many real counts. The declaration is taken, and its result says so in `notes`.

A withdrawal is never held: to take a figure down is the safe direction. Nor is any other message that names no winner.
From which figures on a declaration is odd, the register says in `holds`; these are the defaults, and what they were
measured on is in [rules.md](rules.md), "Figures that are odd".

| the figures show | verdict | where nobody signs | reason or note | source |
|---|---|---|---|---|
"""


def verdicts_document() -> str:
    """Return the document."""
    return _HEAD + "".join(map(_row, VERDICTS))


def _row(finding: Finding) -> str:
    codes = ", ".join(f"`{code}`" for code in finding.codes)
    return f"| {finding.what} | {finding.verdict} | {finding.unsigned} | {codes} | {finding.source} |\n"


if __name__ == "__main__":
    DOCUMENT.write_text(verdicts_document(), encoding="utf-8")
