"""``python -m tallywire``, and the installed command.

``python -m`` looks into the current folder first, and so does Python for an empty entry in ``PYTHONPATH``: a file there
that is named like a library of ours would be imported in its place. So that folder is taken off the path before
anything else is imported. Only a folder ``tallywire`` in it is out of reach: ``python -m`` has imported it by then in
place of this file. The installed command, and ``python -P -m tallywire``, never look there.
"""

# These three are there before anything is imported; pathlib would be imported from the current folder.
# ruff: noqa: PTH100, PTH110, PTH120, PTH121

import atexit
import os
import sys

OLDEST = (3, 11)
"""The first Python with all that is used here."""


def main() -> None:
    """Run the command line."""
    if sys.version_info < OLDEST:
        found, needed = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        sys.stderr.write(f"Tallywire needs Python {needed} or newer, and this is {found}.\n")
        sys.exit(1)
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:] = [folder for folder in sys.path if folder == root or not _is_current_folder(folder)]
    ended: list[int] = []
    # What is registered first is called last: threads have ended by then, and all else is put away.
    atexit.register(_leave, ended)
    from tallywire.cli import main as run  # noqa: PLC0415  # not before the path is right

    try:
        run()
    except SystemExit as end:
        if isinstance(end.code, int):
            ended.append(end.code)
        raise


def _leave(ended: list[int]) -> None:
    """End with the code that a command ended with: taking apart all that is imported would take a fifth of its time."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return  # Python says what is wrong with them.
    for code in ended:
        os._exit(code)


def _is_current_folder(folder: str) -> bool:
    return folder == "" or (os.path.exists(folder) and os.path.samefile(folder, "."))


if __name__ == "__main__":
    main()
