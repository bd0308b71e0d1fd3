"""``python -m tallywire``, and the installed command.

``python -m`` looks into the current folder first, and so does Python for an empty entry in ``PYTHONPATH``: a file there
that is named like a library of ours would be imported in its place. So that folder is taken off the path before
anything else is imported. Only a folder ``tallywire`` in it is out of reach: ``python -m`` has imported it by then in
place of this file. The installed command, and ``python -P -m tallywire``, never look there.
"""

# os and sys are there before anything is imported; pathlib would be imported from the current folder.
# ruff: noqa: PTH100, PTH110, PTH120, PTH121

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
    from tallywire.cli import main as run  # noqa: PLC0415  # not before the path is right

    run()


def _is_current_folder(folder: str) -> bool:
    return folder == "" or (os.path.exists(folder) and os.path.samefile(folder, "."))


if __name__ == "__main__":
    main()
