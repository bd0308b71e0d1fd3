"""Writes docs/spreadsheets.md: every table and column, as they are in the code.

python -m tests.tallywire.publishing.spreadsheets_document
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tallywire.publishing.spreadsheets.columns import COLUMNS

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "spreadsheets.md"

_HEAD: Final = """\
# Tables for spreadsheets

```
curl -O http://127.0.0.1:8481/v1/elections/pcc.2024-05-02/contests.csv
```

`contests.csv`, `candidates.csv`, `stages.csv`, `seats.csv`, `regions.csv`, `bodies.csv` and `headlines.csv` say what
the JSON pages say, as RFC 4180 has it: commas, a header, lines that end in CR and LF; in UTF-8 with a byte order mark,
without which Excel takes it for another encoding. `stages.csv` has counts by single transferable vote, `seats.csv` list
seats; without such contests they have a header alone.

- Each row says at which moment it is true: `cursor` and `cursor_time`. `?at=` with a cursor or a time shows any past
  moment, as on the other pages; `headlines.csv` takes the filters of `/headlines`, and `last`.
- What is unknown is an empty cell, never 0. Truth values are `True` and `False`. Several values in a cell have `; `
  between them.
- In a contest by list, who stands is a list, or an individual: `person_id` and `person_name` are the list's. In a
  referendum they are those of an answer, with `party_id` `answer:...`.
- Votes with fractions, of transferred papers, are written with all their decimals: `806.07214`.
- Text that begins with `=`, `+`, `-`, `@`, a tab or a line end, or with the wide forms of these signs, has an
  apostrophe before it, so that no spreadsheet calculates it: a program takes it off again. Numbers never have one.
- Columns that Democracy Club has in its downloads have its names: `ballot_paper_id`, `person_id`, `votes_cast` and
  others. (Its own say `t` and `f` where these say `True` and `False`.)

More columns may come, at any place: read them by name ([the contract](contract.md)).

This page is made from the code by `python -m tests.tallywire.publishing.spreadsheets_document`.
"""


def document() -> str:
    """Return the page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for name, columns in COLUMNS.items():
        yield f"## {name}.csv\n"
        yield "| column | |"
        yield "|---|---|"
        yield from (f"| `{column}` | {meaning} |" for column, meaning in columns.items())
        yield ""


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
