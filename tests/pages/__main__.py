"""Serve boards of bundled elections played in memory, to look at: python -m tests.pages ELECTION ...

With --picture FILE, take the README's picture instead.
"""

import argparse
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.deploy.debian import debian_program
from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import of_pack, strange_night

PICTURED = "/elections/parl.2024-07-04?at=2024-07-05T05:00:00%2B01:00"
"""What the README shows."""


def main() -> None:
    """Serve until interrupted, or take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("elections", nargs="*", help="such as pcc.2024-05-02; strange: a night with strange names")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="take the picture of the README")
    asked = parser.parse_args()
    if asked.picture is not None:
        take_picture(asked.picture)
        return
    histories = [strange_night() if name == "strange" else of_pack(name) for name in asked.elections]
    with Board(*histories).serving() as board:
        for history in histories:
            print(f"{board.url}/elections/{history.election}", flush=True)  # noqa: T201  # people's output
        while True:
            time.sleep(3600)


def take_picture(path: Path) -> None:
    """Take the picture of the README."""
    program = debian_program("chromium", "chromium")
    with Board(of_pack("parl.2024-07-04")).serving() as board, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1600, "height": 1000}, color_scheme="light")
        page.goto(f"{board.url}{PICTURED}")
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main()
