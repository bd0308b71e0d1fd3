"""``python -m benchmarks [NAME ...]``: measure, print, and keep what was measured as JSON and pictures.

``python -m benchmarks document`` draws what is kept in docs/benchmarks, and writes it into docs/speed.md.
"""

import argparse
import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import structlog

from benchmarks.document import KEPT, write_page
from benchmarks.handwritten import STAGES
from benchmarks.machine import facts
from benchmarks.report import as_json, text, write
from benchmarks.rounds import Benchmark, Options, measure
from benchmarks.suite import BENCHMARKS, SUITE

DOCUMENT: Final = "document"


def main() -> int:
    """Measure what was asked for; 0 when everything of ours was exact."""
    chosen = _parser().parse_args()
    if chosen.names == [DOCUMENT]:
        for path in sorted(KEPT.glob("*.json")):
            _draw(json.loads(path.read_text("utf-8")), KEPT)
        write_page()
        return 0
    unknown = [name for name in chosen.names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]}. There are: {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    # Services that are killed are started again with a word about it: not among the figures.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    folder = chosen.out or Path(tempfile.mkdtemp(prefix="tallywire-bench-"))
    faults = []
    try:
        for name in chosen.names or SUITE:
            faults += _measure(BENCHMARKS[name], chosen, folder)
    finally:
        # Each is kept as soon as it is measured, also when a later one fails.
        print(f"Kept in {folder}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _measure(benchmark: Benchmark, chosen: argparse.Namespace, folder: Path) -> list[str]:
    """Measure, print and keep one benchmark; return what was not exact."""
    options = Options(
        declarations=chosen.declarations or benchmark.declarations,
        rounds=chosen.rounds or benchmark.rounds,
        seconds=chosen.seconds,
        candidates=chosen.candidates,
        stage=chosen.stage,
        everything=chosen.all,
    )
    # Before it: what else the machine is doing must not be ourselves.
    about = facts()
    measured = measure(benchmark, options)
    document = as_json(measured, about)
    write(document, folder)
    print(f"\n{benchmark.name}: {text(document, benchmark.columns)}\n", flush=True)
    _draw(document, folder)
    return measured.faults()


def _draw(document: dict[str, Any], folder: Path) -> None:
    """Draw the benchmark, when there is something to draw with."""
    if find_spec("matplotlib") is not None:
        from benchmarks.plot import draw  # noqa: PLC0415  # only `make bench` installs matplotlib

        draw(document, folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the pipeline on this machine.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(BENCHMARKS)}; or {DOCUMENT}"
    )
    parser.add_argument("--declarations", type=_positive, metavar="N", help="declarations of one round")
    parser.add_argument("--rounds", type=_positive, metavar="N", help="rounds of each contender")
    parser.add_argument("--seconds", type=float, metavar="S", default=4.0, help="how long a steady feed lasts")
    parser.add_argument("--candidates", type=_positive, metavar="N", default=3, help="candidates of a contest")
    parser.add_argument("--stage", choices=tuple(STAGES), default="aggregate", help="the stage measured alone")
    parser.add_argument("--all", action="store_true", help="growth, and what comes later, up to a million declarations")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where JSON and pictures go")
    return parser


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        message = "it must be at least 1"
        raise argparse.ArgumentTypeError(message)
    return number


if __name__ == "__main__":
    sys.exit(main())
