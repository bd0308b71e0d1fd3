"""Serve boards of bundled elections played in memory, to look at: python -m tests.pages ELECTION ..."""

import argparse
import time

from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import of_pack, strange_night


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("elections", nargs="+", help="such as pcc.2024-05-02; strange: a night with strange names")
    named = parser.parse_args().elections
    histories = [strange_night() if name == "strange" else of_pack(name) for name in named]
    with Board(*histories).serving() as board:
        for history in histories:
            print(f"{board.url}/elections/{history.election}", flush=True)  # noqa: T201  # people's output
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
