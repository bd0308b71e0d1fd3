"""Programs as Debian has them, which a few tests are tried with."""

import os
import shutil

import pytest


def debian_program(name: str, package: str) -> str:
    """Return where a program is; without it the test is skipped, or fails where all is to be tried (``CI``)."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin")))
    if found is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"{name} is not installed: apt-get install {package}")
    return found
