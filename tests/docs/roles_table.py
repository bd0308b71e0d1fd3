"""Writes the table of who may do what into docs/signatures.md, as it is in the code.

python -m tests.docs.roles_table
"""

import re
from pathlib import Path
from typing import Final

from services.ingest.rules.authority import ACTIONS, RIGHTS, ROLES

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "signatures.md"
_SCOPES: Final = {"own": "its contests", "all": "all", None: "-"}
_TABLE: Final = re.compile(r"^\| \| .*\n\|---.*\n(?:\|.*\n|TABLE\n)+", re.MULTILINE)


def table() -> str:
    """Return the table."""
    roles = [re.sub("^(?:a|the) ", "", name) for name in ROLES.values()]
    rows = ([words, *(_SCOPES[rights.get(action)] for rights in RIGHTS.values())] for action, words in ACTIONS.items())
    head = f"| | {' | '.join(roles)} |\n|{'---|' * (len(roles) + 1)}\n"
    return head + "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def written(text: str) -> str:
    """Return the document with the table as it is now."""
    return _TABLE.sub(lambda _: table(), text, count=1)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
