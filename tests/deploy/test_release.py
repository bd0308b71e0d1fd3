"""What `make release` builds can be built again by anybody, and it refuses what does not fit together."""

import shutil
from pathlib import Path
from typing import Final

import pytest

from scripts.release import build, digest, faults, notes, versions

ROOT: Final = Path(__file__).parents[2]
CHANGELOG: Final = """# Changelog

## Unreleased

- Something new.

## 0.2.0 - 2026-12-01

- A fault is mended.

## 0.1.0 - 2026-11-01

- The first one.
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the files that state a version."""
    for name in [*versions(ROOT), "CHANGELOG.md"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_one_version_stands_everywhere() -> None:
    """Promise: program, package, image, and what runs it state the same version."""
    assert {"docker-compose.yml", "deploy/kubernetes/tallywire.yaml"} <= versions(ROOT).keys()
    assert len(set(versions(ROOT).values())) == 1, versions(ROOT)


def test_a_release_is_refused_until_everything_fits(copy: Path) -> None:
    """Promise: another version, a changelog without its section and uncommitted changes are named."""
    version = versions(copy)["pyproject.toml"]
    (copy / "CHANGELOG.md").write_text(f"## {version} - 2026-12-01\n\n- New.\n", "utf-8")
    assert faults(copy, "") == []
    (copy / "CHANGELOG.md").write_text("## Unreleased\n\n- New.\n", "utf-8")
    text = (copy / "Dockerfile").read_text("utf-8")
    (copy / "Dockerfile").write_text(text.replace(f'version="{version}"', 'version="9.9.9"'), "utf-8")
    elsewhere, section, uncommitted = faults(copy, " M README.md\n")
    assert elsewhere == f"Dockerfile says 9.9.9, pyproject.toml {version}: make them the same."
    assert f'no section "## {version} - YYYY-MM-DD"' in section
    assert uncommitted.endswith(" M README.md")


def test_the_notes_of_a_release_are_its_section() -> None:
    """Promise: what is told of a release is what the changelog says of it, and nothing of others."""
    assert notes(CHANGELOG, "0.2.0") == "- A fault is mended.\n"
    assert notes(CHANGELOG, "0.1.0") == "- The first one.\n"
    assert notes(CHANGELOG, "0.3.0") is None


def test_a_wheel_is_the_same_to_the_byte_wherever_it_is_built(tmp_path: Path) -> None:
    """Promise: from the same commit, in another folder and at another time, comes the same wheel."""
    files = shutil.ignore_patterns("__pycache__", "*.pyc")
    built = []
    for name in ("one", "another"):
        sources = tmp_path / name / "sources"
        for folder in ("schemas", "streams", "services", "tallywire", "elections"):
            shutil.copytree(ROOT / folder, sources / folder, ignore=files, copy_function=shutil.copyfile)
        for file in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(ROOT / file, sources / file)
        (wheel,) = build(sources, tmp_path / name / "built", "1796026236", "wheel")
        built.append(digest(wheel))
    assert built[0] == built[1]
