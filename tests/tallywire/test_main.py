"""How the installed command, and ``python -m tallywire``, end."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ENDING: Final = """
import atexit, sys, threading, time
import tallywire.cli
from tallywire.__main__ import main

class Imported:
    def __del__(self, write=sys.stderr.write):
        write("taken apart\\n")

imported = Imported()

def command():
    def late():
        time.sleep(0.05)
        print("a thread")
    threading.Thread(target=late).start()
    atexit.register(print, "put away")
    print("x" * LENGTH)
    sys.exit(CODE)

tallywire.cli.main = command
main()
"""
"""A command that prints, and has a thread and something to put away."""


def ended(code: str, length: int = 10, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """Let the command print so many characters and end with a code."""
    command = [sys.executable, "-c", ENDING.replace("CODE", code).replace("LENGTH", str(length))]
    # Otherwise nothing would wait to be written.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        command, env=buffered, check=False, text=True, timeout=60, stdout=stdout, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("code", [0, 3, 130])
def test_a_command_ends_at_once_and_loses_nothing(code: int) -> None:
    """Promise: all is printed, threads have ended and all is put away; only what was imported is not taken apart."""
    done = ended(str(code), length=100_000)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.split() == ["x" * 100_000, "a", "thread", "put", "away"]


def test_a_command_that_ends_with_a_sentence_ends_as_python_does() -> None:
    """Promise: the sentence is said."""
    done = ended("'what is wrong'")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "what is wrong")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_output_that_cannot_be_written_is_no_success() -> None:
    """Promise: where the disk is full, the code is not that of a command which has said everything."""
    with Path("/dev/full").open("w") as full:
        done = ended("0", stdout=full.fileno())
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
