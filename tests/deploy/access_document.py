"""Writes the users of a server into docs/operating.md, as the code has them.

python -m tests.deploy.access_document
"""

import re
from pathlib import Path
from typing import Final

from tallywire.operations.access import ADMINISTRATOR, USERS, count_centre

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "operating.md"
BEGIN: Final = "<!-- users: python -m tests.deploy.access_document -->\n"
END: Final = "<!-- end of users -->\n"

EXAMPLE: Final = count_centre("norfolk", "pcc.2024-05-02")


def access_document() -> str:
    """Return the table of users and their rules."""
    users = (*USERS, EXAMPLE)
    rows = "".join(f"| `{user.name}` | {user.purpose} | {user.runs} |\n" for user in users)
    rows += f"| `{ADMINISTRATOR}` | whoever looks after the server itself | none needs it |\n"
    lines = "".join(f"user {user.name} on #... {user.rules()}\n" for user in users)
    lines += f"user {ADMINISTRATOR} on #... ~* &* +@all\n"
    return f"| user | for | commands |\n|---|---|---|\n{rows}\n```\n{lines}```\n"


def shown_in(text: str) -> str:
    """Return what stands between the marks."""
    found = re.search(f"{re.escape(BEGIN)}(.*?){re.escape(END)}", text, re.DOTALL)
    return found[1] if found else ""


def main() -> None:
    """Write it."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}{access_document()}{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
