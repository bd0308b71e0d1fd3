"""docs/speed.md: what stands between its marks follows from what is kept in docs/benchmarks, and nothing else."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import growth, pipeline
from benchmarks.line import SERVER
from benchmarks.report import LABELS, figure, findings, rows
from benchmarks.suite import BENCHMARKS
from tallywire.embedded.supervisor import SERVICES

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
PAGE: Final = DOCS / "speed.md"
KEPT: Final = DOCS / "benchmarks"
"""What the page is written from: a JSON file a benchmark, and its picture."""

_BLOCK: Final = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def written(page: str, folder: Path = KEPT) -> str:
    """Return the page with everything between its marks written anew."""
    return _BLOCK.sub(lambda block: block[1] + _block(block[2], folder) + block[3], page)


def _block(name: str, folder: Path) -> str:
    path = folder / f"{name}.json"
    if not path.exists():
        message = f"{path} is not there: measure it with `make bench ARGS='{name} --out {folder}'`"
        raise FileNotFoundError(message)
    document = json.loads(path.read_text("utf-8"))
    lines = [f"- {line}" for line in findings(document)]
    lines += [f"- {line}" for line in (*_bounds(document), *_per_contest(document))]
    if lines:
        lines.append("")
    lines += _markdown(rows(document, BENCHMARKS[name].columns))
    if path.with_suffix(".svg").exists():
        lines += ["", f"![{document['question']}](benchmarks/{name}.svg)"]
    return "\n".join([*lines, "", _conditions(document), ""])


def _bounds(document: dict[str, Any]) -> list[str]:
    """Return what the processor time of each process says about the speed of the pipeline."""
    if document["benchmark"] != pipeline.BENCHMARK.name:
        return []
    details = document["contenders"][pipeline.ONE]["details"]
    each = {part: details[f"cpu_us_{part}"] for part in (*SERVICES, SERVER)}
    most = max(each, key=lambda part: each[part])
    share, alone = each[most] / details["cpu_us"], figure(1e6 / each[most])
    return [
        f"{pipeline.ONE}: {most} takes {share:.2f} of a declaration's CPU; a core of its own allows {alone} a second"
    ]


def _per_contest(document: dict[str, Any]) -> list[str]:
    """Return what a contest takes in memory, where the contests differ."""
    if document["benchmark"] != growth.BREADTH.name:
        return []
    fewest, most = growth.CONTESTS[0], growth.CONTESTS[-1]
    narrow, wide = (document["contenders"][f"{contests:,} contests"]["details"] for contests in (fewest, most))
    kilobytes = {memory: 1_000 * (wide[memory] - narrow[memory]) / (most - fewest) for memory in growth.MEMORY}
    each = ", ".join(f"{LABELS[memory].removesuffix(' MB')} {round(kilobytes[memory])} kB" for memory in growth.MEMORY)
    return [f"memory for one more contest: {each}"]


def _markdown(table: Sequence[Sequence[str]]) -> list[str]:
    heading, *lines = table
    marks = ["---", *("---:" for _ in heading[1:])]
    return ["| " + " | ".join(row) + " |" for row in (heading, marks, *lines)]


def _conditions(document: dict[str, Any]) -> str:
    machine, server, options = document["machine"], document["server"], document["options"]
    what = f"{options['rounds']} rounds" if options["rounds"] > 1 else "1 round"
    # Where each contender has a size of its own, the table names it.
    if options["declarations"] and document["benchmark"] != growth.GROWTH.name:
        what += f" of {options['declarations']:,} declarations"
    return (
        f"*{what}; {machine['cores']} cores, {machine['processor']}, load before {machine['load_before']}, "
        f"a flushed write {machine['flush_us']} µs; {machine['python']}, "
        f"rules {machine.get('rules', 'interpreted')}; "
        f"{server['program']}, memory from {server.get('allocator', 'libc')}, "
        f"appendfsync {server['appendfsync']}, maxmemory-policy {server['maxmemory-policy']}.*"
    )


def write_page() -> None:
    """Write the page anew."""
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
