"""``python -m benchmarks [NAME ...]``: measure side by side, and print what was measured as Markdown."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.handwritten import STAGES
from benchmarks.machine import conditions
from benchmarks.pipeline import pipeline
from benchmarks.report import Ratio, report
from benchmarks.rounds import Contender, inexact, measure
from benchmarks.stage import one_stage
from benchmarks.tutorial import tutorial
from benchmarks.workload import DECLARATIONS_MAX

SERVICE: Final = "one stage, our service"
LOOP: Final = "one stage, hand-written loop"
PIPELINE: Final = "pipeline"
SIGNED: Final = "pipeline, signed declarations"
TUTORIAL: Final = "pipeline, FastStream's tutorial way"
BESIDE: Final = "pipeline of the other checkout"

COMPARISONS: Final = {
    "stage": (SERVICE, LOOP),
    "pipeline": (PIPELINE,),
    "signed": (PIPELINE, SIGNED),
    "tutorial": (PIPELINE, TUTORIAL),
}
"""Who takes part in each."""

RATIOS: Final = (
    Ratio(SERVICE, LOOP, aim=0.9),
    Ratio(PIPELINE, aim=0.85),
    Ratio(SIGNED, PIPELINE, aim=0.7),
    Ratio(PIPELINE, TUTORIAL, aim=15),
    Ratio(PIPELINE, BESIDE),
)


def main() -> int:
    """Measure what was asked for; 0 when every round was exact."""
    chosen = _parser().parse_args()
    unknown = [name for name in chosen.names if name not in COMPARISONS]
    if unknown:
        print(f"There is no comparison {unknown[0]}. There are: {', '.join(COMPARISONS)}.", file=sys.stderr)
        return 2
    # Before anything is measured: what else the machine is doing must not be ourselves.
    machine = conditions(chosen.declarations)
    done = measure(_contenders(chosen), chosen.declarations, chosen.rounds)
    print(report(done, RATIOS, machine))
    faults = inexact(done)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _contenders(chosen: argparse.Namespace) -> dict[str, Contender]:
    """Return who takes part, in the order of their turns."""
    everybody: dict[str, Contender] = {
        SERVICE: partial(one_stage, stage=chosen.stage, handwritten=False),
        LOOP: partial(one_stage, stage=chosen.stage, handwritten=True),
        PIPELINE: pipeline,
        BESIDE: partial(pipeline, checkout=chosen.beside),
        SIGNED: partial(pipeline, sign=True),
        TUTORIAL: tutorial,
    }
    wanted = {name for comparison in chosen.names or COMPARISONS for name in COMPARISONS[comparison]}
    if chosen.beside is not None:
        wanted |= {PIPELINE, BESIDE}
    return {name: contender for name, contender in everybody.items() if name in wanted}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the pipeline on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(COMPARISONS)}; all of them unless named")
    parser.add_argument("--declarations", type=_positive, metavar="N", default=20_000, help="of one round")
    parser.add_argument("--rounds", type=_positive, metavar="N", default=5, help="of each contender")
    parser.add_argument("--stage", choices=tuple(STAGES), default="aggregate", help="the stage measured alone")
    parser.add_argument(
        "--beside", type=_folder, metavar="FOLDER", help="measure the pipeline of another checkout, too"
    )
    return parser


def _folder(word: str) -> Path:
    return Path(word).resolve()


def _positive(word: str) -> int:
    number = int(word)
    if not 1 <= number <= DECLARATIONS_MAX:
        message = f"it must be from 1 to {DECLARATIONS_MAX:,}"
        raise argparse.ArgumentTypeError(message)
    return number


if __name__ == "__main__":
    sys.exit(main())
