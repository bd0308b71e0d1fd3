"""What was measured, as a table for whoever waits for it, and as JSON for the documents."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.rounds import Aim, Measured

LABELS: Final = {
    "per_second": "declarations a second",
    "bytes_per_declaration": "bytes each",
    "cpu_us": "CPU µs each",
    "cpu_us_ingest": "ingest",
    "cpu_us_aggregate": "aggregate",
    "cpu_us_notify": "notify",
    "cpu_us_server": "server",
    "cpu_us_python": "Python",
    "allowed_per_second": "CPU allows",
    "share_of_allowed": "share of it",
    "pace": "pace",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "register_s": "register s",
    "rss_mb_ingest": "ingest MB",
    "rss_mb_aggregate": "aggregate MB",
    "rss_mb_notify": "notify MB",
    "server_used_mb": "server MB",
    "disk_mb": "disk MB",
    "restart_s": "restart s",
    "rebuild_s": "rebuild s",
    "verify_s": "verify s",
    "verify_rss_mb_max": "verify MB",
    "missing": "missing",
    "doubled": "doubled",
    "out_of_order": "out of order",
    "tally_right": "tally right",
    "kills": "kills",
    "gives_back": "gives back",
    "times_slower": "times slower",
    "version": "version",
}
"""What each detail is called in a table. Processor time is in microseconds of one core, per declaration."""


def as_json(measured: Measured, facts: dict[str, Any]) -> dict[str, Any]:
    """Return everything: what is asked, on what machine, each round, and what follows."""
    benchmark = measured.benchmark
    return {
        "benchmark": benchmark.name,
        "question": benchmark.question,
        "options": asdict(measured.options),
        **facts,
        "contenders": {
            name: {
                "per_second": spread(measured.rates(name)),
                "exact": all(one.exact for one in rounds),
                "details": {
                    "missing": max(one.missing for one in rounds),
                    "doubled": max(one.doubled for one in rounds),
                    **_tidied(measured.details(name)),
                },
                "rounds": [_round(asdict(one)) for one in rounds],
            }
            for name, rounds in measured.rounds.items()
        },
        "aims": [
            {**asdict(aim), "values": [tidy(value) for value in _figures(measured, aim)]}
            for aim in benchmark.aims
            # A tool that is not installed is not there.
            if aim.contender in measured.rounds or not benchmark.foreign(aim.contender)
        ],
        "ratios": {ratio.name: {**spread(values), "aim": ratio.aim} for ratio, values in measured.ratios().items()},
    }


def _figures(measured: Measured, aim: Aim) -> list[float]:
    """Return the figure in each round."""
    if aim.figure == "per_second":
        return measured.rates(aim.contender)
    return [one.details[aim.figure] for one in measured.rounds[aim.contender]]


def write(document: dict[str, Any], folder: Path) -> Path:
    """Write it into a folder, under the name of the benchmark."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document['benchmark']}.json"
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return path


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, lowest and highest."""
    return {"median": tidy(statistics.median(values)), "low": tidy(min(values)), "high": tidy(max(values))}


def tidy(value: float) -> float:
    """Return four digits that mean something."""
    return float(f"{value:.4g}")


def _round(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "seconds": tidy(one["seconds"]), "details": _tidied(one["details"])}


def _tidied(details: dict[str, Any]) -> dict[str, Any]:
    return {name: tidy(value) if isinstance(value, float) else value for name, value in details.items()}


def rows(document: dict[str, Any], columns: Sequence[str]) -> list[list[str]]:
    """Return a table of the contenders: a line of headings, then a line each."""
    contenders = document["contenders"]
    shown = [column for column in columns if any(column in one["details"] for one in contenders.values())]
    table = [["", "a second", "lowest", "highest", "exact", *(LABELS[column] for column in shown)]]
    for name, contender in contenders.items():
        rate, details = contender["per_second"], contender["details"]
        table.append(
            [
                name,
                *(figure(rate[which]) for which in ("median", "low", "high")),
                _yes(contender["exact"]),
                *(_cell(details.get(column, "")) for column in shown),
            ]
        )
    return table


def findings(document: dict[str, Any]) -> list[str]:
    """Return a line for each ratio, and then for each figure that has an aim."""
    lines = []
    for name, ratio in document["ratios"].items():
        lines.append(_finding(name, [ratio["median"], ratio["low"], ratio["high"]], least=ratio["aim"]))
    for aim in document["aims"]:
        values = [statistics.median(aim["values"]), min(aim["values"]), max(aim["values"])]
        lines.append(_finding(f"{aim['contender']}, {LABELS[aim['figure']]}", values, aim["least"], aim["most"]))
    return lines


def _finding(what: str, values: Sequence[float], least: float | None, most: float | None = None) -> str:
    median, low, high = map(figure, values)
    aims = [
        f"{word} {aim:,g} was aimed at" for word, aim in (("at least", least), ("at most", most)) if aim is not None
    ]
    return "; ".join([f"{what}: {median}" + (f" ({low} to {high})" if low != high else ""), *aims])


def text(document: dict[str, Any], columns: Sequence[str]) -> str:
    """Return what is printed at the end of a benchmark."""
    return "\n".join([document["question"], *aligned(rows(document, columns)), *findings(document)])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return _yes(value)
    return figure(value) if isinstance(value, (int, float)) else str(value)


def _yes(value: object) -> str:
    return "yes" if value else "no"


def figure(value: float) -> str:
    """Return a number as it is read: no more digits than say something."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines whose columns stand under each other, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in rows
    ]
