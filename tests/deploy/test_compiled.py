"""The promises of the compiled rules, which the image has and `make bench` measures."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from scripts.compile import COMPILED
from tallywire.packs.pack import bundled_packs

ROOT = Path(__file__).resolve().parents[2]

NIGHTS = 500
"""How many the oracle recounts with the compiled rules; plain Python is tried with more."""

# Whichever test comes first waits a minute or two for the compiler.
pytestmark = pytest.mark.timeout(600)


def can_compile() -> bool:
    """Whether there are a C compiler and Python's headers."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    return shutil.which(compiler) is not None and Path(sysconfig.get_path("include"), "Python.h").exists()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel with its rules compiled, unpacked."""
    if not can_compile() and "CI" not in os.environ:
        pytest.skip("compiling the rules needs a C compiler and Python's headers")
    folder = tmp_path_factory.mktemp("compiled")
    done = subprocess.run(
        [sys.executable, "scripts/compile.py", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


LOADED = "import services.rules.counting, sys; sys.stderr.write(services.rules.counting.__file__); "


def run(compiled: Path, program: str) -> str:
    """Run a program where the wheel comes before the checkout, and return what it printed."""
    path = os.pathsep.join((str(compiled), str(ROOT)))
    done = subprocess.run(
        # What is loaded first decides where all other rules come from.
        [sys.executable, "-c", LOADED + program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "ORACLE_EXAMPLES": str(NIGHTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.startswith(str(compiled / "services" / "counting."))
    assert ".so" in done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "module",
    [
        "services.ingest.rules.judging",
        "services.aggregate.rules.result",
        "services.notify.rules.seats_won",
        "services.aggregate.service",
        "streams.commit",
        "streams.fold",
    ],
)
def test_the_rules_are_compiled_with_what_folds_and_commits(compiled: Path, module: str) -> None:
    """What is loaded is machine code, though its source lies beside it."""
    printed = run(compiled, f"from {module} import __file__ as file; print(file)")
    found = Path(printed.strip())
    assert found.is_relative_to(compiled)
    assert found.suffix == ".so"
    assert found.with_name(found.name.partition(".")[0] + ".py").exists()


def run_tests(compiled: Path, *tests: str) -> str:
    """Run tests of this project on the wheel, and return what pytest printed."""
    arguments = ["-q", "-p", "no:cacheprovider", *tests]
    return run(compiled, f"import pytest; sys.exit(pytest.main({arguments}))")


def test_compiled_rules_agree_with_the_oracle(compiled: Path) -> None:
    """The oracle recounts whole nights: results, tallies, control, headlines, however they are cut into batches."""
    printed = run_tests(compiled, "tests/oracle/test_nights.py::test_services_and_recount_agree_after_every_entry")
    assert f"the oracle recounted {NIGHTS} nights" in printed


def test_compiled_commits_keep_what_the_sources_promise(compiled: Path) -> None:
    """Commits and stages, with a server: nothing half done, nobody passes the fence, what fails is parked."""
    printed = run_tests(compiled, "tests/streams/test_commit.py", "tests/streams/test_stage.py")
    assert " passed" in printed
    assert "skipped" not in printed


def test_compiled_rules_write_the_same_bytes(compiled: Path) -> None:
    """Every ledger entry, result, tally and headline of the shipped elections, and every record, is the same."""
    everything = "import runpy; runpy.run_module('tests.deploy.everything', run_name='__main__')"
    plain = subprocess.run([sys.executable, "-c", everything], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(plain.stdout.splitlines()) == len(bundled_packs())
    assert run(compiled, everything) == plain.stdout


def test_the_benchmarks_measure_plain_python_too(compiled: Path) -> None:
    """What is to run from the sources loads nothing that is compiled, though everything else does."""
    program = """
import subprocess
from benchmarks.line import COMPILED, from_sources
assert COMPILED
where = "import services.rules.counting; print(services.rules.counting.__file__)"
subprocess.run(from_sources(lambda _: [sys.executable, "-c", where])("ingest"), check=True)
"""
    assert run(compiled, program).strip() == str(ROOT / "services" / "counting.py")


def test_the_image_has_the_compiled_rules() -> None:
    """The Dockerfile builds its wheel in the same way."""
    ((name, value),) = COMPILED.items()
    assert re.search(
        rf"^RUN {name}={value} python -m hatchling build --target wheel",
        ROOT.joinpath("Dockerfile").read_text("utf-8"),
        re.MULTILINE,
    )
