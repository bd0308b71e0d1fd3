"""The promises of the compiled rules, which the image has and `make bench` measures."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.compile import COMPILED
from tallywire.packs.reading import bundled_packs

ROOT = Path(__file__).resolve().parents[2]

NIGHTS = 500
"""How many the oracle recounts with the compiled rules; plain Python is tried with more."""

# Whichever test comes first waits a minute or two for the compiler.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel with its rules compiled, unpacked."""
    folder = tmp_path_factory.mktemp("compiled")
    done = subprocess.run(
        [sys.executable, "scripts/compile.py", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(compiled: Path, *arguments: str) -> str:
    """Run Python where the wheel comes before the checkout, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join((str(compiled), str(ROOT))),
            "PYTHONSAFEPATH": "1",
            "ORACLE_EXAMPLES": str(NIGHTS),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("stage", ["ingest.rules.judging", "aggregate.rules.result", "notify.rules.seats"])
def test_the_rules_are_compiled_in_every_service(compiled: Path, stage: str) -> None:
    """What is loaded is machine code, though its source lies beside it."""
    printed = run(compiled, "-c", f"from services.{stage} import __file__ as file; print(file)")
    found = Path(printed.strip())
    assert found.is_relative_to(compiled)
    assert found.suffix == ".so"
    assert found.with_name(found.name.partition(".")[0] + ".py").exists()


def test_compiled_rules_agree_with_the_oracle(compiled: Path) -> None:
    """The oracle recounts whole nights: results, tallies, control, headlines, however they are cut into batches."""
    night = "tests/oracle/test_nights.py::test_services_and_recount_agree_after_every_entry"
    printed = run(compiled, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=", night)
    assert f"the oracle recounted {NIGHTS} nights" in printed


def test_compiled_rules_write_the_same_bytes(compiled: Path) -> None:
    """Every ledger entry, result, tally and headline of the shipped elections, and every record, is the same."""
    everything = ("-m", "tests.deploy.everything")
    from_sources = subprocess.run([sys.executable, *everything], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(from_sources.stdout.splitlines()) == len(bundled_packs())
    assert run(compiled, *everything) == from_sources.stdout


def test_the_image_has_the_compiled_rules() -> None:
    """The Dockerfile builds its wheel in the same way."""
    ((name, value),) = COMPILED.items()
    assert re.search(
        rf"^RUN {name}={value} python -m hatchling build --target wheel",
        ROOT.joinpath("Dockerfile").read_text("utf-8"),
        re.MULTILINE,
    )
