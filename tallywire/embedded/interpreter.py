"""How this program starts itself as another process: with its own code, wherever a person stands."""

import os
import site
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).absolute().parents[2]
"""The folder that this package was imported from: a checkout, or where packages are installed."""


def tallywire_command(*arguments: str) -> list[str]:
    """Return the command line of a command of ours, to be started with ``tallywire_environment``.

    ``-P``, because ``-m`` alone imports from the current folder first: a ``streams.py`` there would be taken for ours,
    a ``random.py`` for Python's own.
    """
    return [sys.executable, "-P", "-m", "tallywire", *arguments]


def tallywire_environment() -> dict[str, str]:
    """Return an environment in which Python finds this very package, and nothing in the current folder.

    A checkout, which may not be installed, is named in ``PYTHONPATH``. What a person has put there stays, but for the
    current folder: that is what an empty entry means, which one colon too many makes.
    """
    installed = {Path(folder).resolve() for folder in (*site.getsitepackages(), site.getusersitepackages())}
    ours = [] if ROOT.resolve() in installed else [str(ROOT)]
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join(dict.fromkeys([*ours, *(entry for entry in named if not _is_current_folder(entry))]))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return environment | ({"PYTHONPATH": path} if path else {})


def _is_current_folder(entry: str) -> bool:
    return entry == "" or (Path(entry).exists() and Path(entry).samefile("."))
