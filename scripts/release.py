"""Make a release from the last commit: wheel, source archive, bill of materials, notes, checksums, image.

`make release` first says what does not fit together: a version that stands elsewhere differently, no section of the
changelog, changes that are not committed. Then everything is built twice, in two folders, and has to be the same to the
byte; the wheel is tried as people install it, with pipx and uvx, in an empty place. `--preview` builds from what is
committed without a section of the changelog, to see whether it would do.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DIST: Final = ROOT / "dist"
TOOLS: Final = ("cyclonedx-bom==7.5.0", "pipx==1.18.4", "uv==0.13.9")
"""In an environment of their own: nobody else needs them."""

IMAGE_OR_WHEEL: Final = r"\btallywire[:-](\d+\.\d+\.\d+)"
"""How files of deployment name a release."""


def versions(root: Path) -> dict[str, str]:
    """Return by file the version that it states; where it states several, the first that is not the package's."""
    package = str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    said = {
        "schemas/__init__.py": r'^RELEASE: Final = "(.+)"$',
        "Dockerfile": r'image\.version="(.+?)"',
    }
    named = [*root.glob("docker-compose.yml"), *root.glob("deploy/**/*.y*ml")]
    said |= {str(file.relative_to(root)): IMAGE_OR_WHEEL for file in named}
    found = {"pyproject.toml": package}
    for name, pattern in said.items():
        stated = re.findall(pattern, (root / name).read_text("utf-8"), re.MULTILINE)
        if stated or pattern is not IMAGE_OR_WHEEL:
            found[name] = next((one for one in stated if one != package), stated[0] if stated else "no version")
    return found


def notes(changelog: str, version: str) -> str | None:
    """Return what the changelog says of a version, without its heading; None if it has no dated section of it."""
    pattern = rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)"
    match = re.search(pattern, changelog, re.MULTILINE | re.DOTALL)
    return match[1].strip() + "\n" if match else None


def faults(root: Path, uncommitted: str) -> list[str]:
    """Return what stands in the way of a release, in sentences."""
    found = versions(root)
    version = found["pyproject.toml"]
    said = [
        f"{name} says {other}, pyproject.toml {version}: make them the same."
        for name, other in found.items()
        if other != version
    ]
    if notes((root / "CHANGELOG.md").read_text("utf-8"), version) is None:
        said.append(f'CHANGELOG.md has no section "## {version} - YYYY-MM-DD": give what is unreleased that heading.')
    if uncommitted:
        said.append(f"These changes are not committed, and would not be in it:\n{uncommitted.rstrip()}")
    return said


def build(sources: Path, folder: Path, moment: str, *targets: str) -> list[Path]:
    """Build wheel and source archive, or only some, with all times set to a moment (seconds since 1970)."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": moment}
    wanted = [word for target in targets for word in ("--target", target)]
    run([sys.executable, "-m", "hatchling", "build", "--directory", str(folder), *wanted], sources, environment)
    return sorted(folder.iterdir())


def digest(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a command; return its output, or end with what it said."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def committed(folder: Path) -> Path:
    """Unpack what the last commit holds, and nothing that lies beside it."""
    packed = folder.with_suffix(".tar")
    run(["git", "archive", "--output", str(packed), "HEAD"], ROOT)
    with tarfile.open(packed) as file:
        file.extractall(folder, filter="data")
    return folder


def tools(folder: Path) -> Path:
    """Install what only a release needs; return where its programs are."""
    venv.create(folder, with_pip=True)
    run([str(folder / "bin" / "pip"), "-qq", "--disable-pip-version-check", "install", *TOOLS], folder)
    return folder / "bin"


def tried(wheel: Path, programs: Path, place: Path) -> None:
    """Install the wheel as people do, each time in an empty home, and have it play a night."""
    place.mkdir()
    environment = os.environ | {"HOME": str(place), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(place / "bin")}
    python = f"--python={sys.executable}"
    ways = {
        "pipx install": [["pipx", "install", python, str(wheel)], [str(place / "bin" / "tallywire")]],
        "uvx": [["uvx", python, "--from", str(wheel), "tallywire"]],
    }
    for name, commands in ways.items():
        for command in commands[:-1]:
            run(command, place, environment)
        version = run([*commands[-1], "--version"], place, environment).strip()
        night = run([*commands[-1], "demo", "--speed", "max", "--no-board"], place, environment).strip()
        print(f"  {name}: {version}; {night.splitlines()[-1]}")


def image(sources: Path, version: str, moment: str) -> None:
    """Build the image where there is an engine, with all times set to the commit's; else say how."""
    command = [
        *(
            "docker",
            "buildx",
            "build",
            "--provenance=true",
            "--sbom=true",
            "--build-arg",
            f"SOURCE_DATE_EPOCH={moment}",
        ),
        *(
            "--tag",
            f"tallywire:{version}",
            "--output",
            f"type=oci,dest={DIST}/tallywire-{version}.oci.tar,rewrite-timestamp=true",
        ),
        ".",
    ]
    engine = shutil.which("docker")
    if engine and subprocess.run([engine, "info"], capture_output=True, check=False).returncode == 0:
        run(command, sources)
        print(f"  tallywire-{version}.oci.tar")
    else:
        print(f"  not built, for no container engine runs here. Where one does:\n  {' '.join(command)}")


def main() -> None:
    """Make a release in dist/."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--preview", action="store_true", help="build though something stands in the way")
    preview = arguments.parse_args().preview
    wrong = faults(ROOT, run(["git", "status", "--porcelain"], ROOT))
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong and not preview:
        sys.exit(1)
    version = versions(ROOT)["pyproject.toml"]
    moment = run(["git", "log", "-1", "--format=%ct"], ROOT).strip()
    with tempfile.TemporaryDirectory(prefix="tallywire-release-") as made:
        place = Path(made)
        print("Building twice")
        first, second = (build(committed(place / f"sources-{n}"), place / f"built-{n}", moment) for n in ("one", "two"))
        for one, other in zip(first, second, strict=True):
            if digest(one) != digest(other):
                sys.exit(f"{one.name} was built differently the second time: it cannot be checked by others.")
        shutil.rmtree(DIST, ignore_errors=True)
        DIST.mkdir()
        for file in first:
            shutil.copy(file, DIST)
        print("Writing what is in it")
        programs = tools(place / "tools")
        bill = DIST / f"tallywire-{version}.cdx.json"
        environment = os.environ | {"SOURCE_DATE_EPOCH": moment}
        sources = place / "sources-one"
        run(
            [str(programs / "cyclonedx-py"), "requirements", "--pyproject", "pyproject.toml", "--output-reproducible",
             "--output-file", str(bill), "requirements.txt"],
            sources, environment,
        )  # fmt: skip
        said = notes((sources / "CHANGELOG.md").read_text("utf-8"), version)
        (DIST / "NOTES.md").write_text(said or "A preview: the changelog has no section of this version.\n", "utf-8")
        (wheel,) = DIST.glob("*.whl")
        print("Trying the wheel in an empty place")
        tried(wheel, programs, place / "empty")
        print("The image")
        image(sources, version, moment)
    sums = "".join(f"{digest(file)}  {file.name}\n" for file in sorted(DIST.iterdir()))
    (DIST / "SHA256SUMS").write_text(sums, "utf-8")
    print(f"\nIn {DIST.name}/:\n{sums}", end="")


if __name__ == "__main__":
    main()
