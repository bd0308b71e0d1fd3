"""``python scripts/compile.py FOLDER``: builds the wheel with the rules compiled, as the image has it, and unpacks it.

It is built from a copy: compiled modules would lie beside their sources and hide every change to them.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PARTS: Final = ("schemas", "streams", "services", "tallywire", "elections", "pyproject.toml", "README.md", "LICENSE")
"""What a wheel is built from."""

COMPILED: Final = {"HATCH_BUILD_HOOK_ENABLE_MYPYC": "true"}
"""Asks for it; a wheel is plain Python otherwise."""


def main() -> int:
    """Build and unpack; 1 when it can't be built, with what the compiler says."""
    (folder,) = map(Path, sys.argv[1:])
    with TemporaryDirectory() as copy:
        for part in PARTS:
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, Path(copy) / part)
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
        done = subprocess.run(
            build, cwd=copy, env=os.environ | COMPILED, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            sys.stderr.buffer.write(done.stdout)
            print("The rules can't be compiled. That needs a C compiler and Python's headers.", file=sys.stderr)
            return 1
        shutil.rmtree(folder, ignore_errors=True)
        (wheel,) = (Path(copy) / "dist").glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
