"""Pictures of what was measured: SVG that is the same, byte for byte, for the same figures."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.report import LABELS, figure

Document = dict[str, Any]

OURS: Final = "#1f5fa8"
OTHERS: Final = "#9aa5b1"
INK: Final = "#222222"
WIDTH_INCHES: Final = 8.0
BAR_INCHES: Final = 0.42
MEMORY: Final = {"server_used_mb": "-", "rss_mb_aggregate": "--", "rss_mb_ingest": ":", "rss_mb_notify": "-."}
"""Whose memory is drawn, and how."""

# Text stays text, ids follow from what is drawn, and nothing says when it was drawn.
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "tallywire", "font.family": "sans-serif"})


def draw(document: Document, folder: Path) -> Path | None:
    """Draw a benchmark into a folder, under its name; None for one that is better told as a table."""
    picture = PICTURES.get(document["benchmark"])
    if picture is None:
        return None
    path = folder / f"{document['benchmark']}.svg"
    drawn = picture(document)
    # White behind it, so that it can be read on a dark page too.
    drawn.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white", bbox_inches="tight")
    # What is drawn ends in blanks, and a checkout has none at the end of a line.
    path.write_text("\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines()) + "\n", "utf-8")
    return path


def speeds(document: Document) -> Figure:
    """Draw a bar for each contender: the median, with a line from the lowest to the highest."""
    contenders = document["contenders"]
    drawn, axes = _canvas(len(contenders))
    rates = [contender["per_second"] for contender in contenders.values()]
    medians = [rate["median"] for rate in rates]
    reach = [[rate["median"] - rate["low"] for rate in rates], [rate["high"] - rate["median"] for rate in rates]]
    colours = [OURS if place == 0 else OTHERS for place in range(len(rates))]
    axes.barh(list(contenders), medians, color=colours, xerr=reach, ecolor=INK, height=0.6)
    _label(axes, [rate["high"] for rate in rates], [figure(median) for median in medians])
    axes.set_xlabel("declarations a second")
    return drawn


def waits(document: Document) -> Figure:
    """Draw p50 and p99 of each feed."""
    feeds = {name: one for name, one in document["contenders"].items() if "p50_ms" in one["details"]}
    drawn, axes = _canvas(len(feeds))
    names = [f"{name} ({figure(one['per_second']['median'])}/s)" for name, one in feeds.items()]
    p50, p99 = ([one["details"][which] for one in feeds.values()] for which in ("p50_ms", "p99_ms"))
    axes.barh(names, p99, color=OTHERS, height=0.6, label="p99")
    axes.barh(names, p50, color=OURS, height=0.6, label="p50")
    _label(axes, p99, [f"{figure(half)} / {figure(most)}" for half, most in zip(p50, p99, strict=True)])
    axes.set_xlabel("milliseconds from post to headline, as a reader sees it")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return drawn


def growths(document: Document) -> Figure:
    """Draw speed and memory over size."""
    contenders = document["contenders"]
    sizes = [int(name.split()[0].replace(",", "")) for name in contenders]
    drawn = Figure(figsize=(WIDTH_INCHES, 2.8))
    speed, memory = drawn.subplots(1, 2)
    speed.plot(sizes, [one["per_second"]["median"] for one in contenders.values()], color=OURS, marker="o")
    speed.set_ylabel("declarations a second")
    speed.set_ylim(bottom=0)
    for detail, style in MEMORY.items():
        drawn_mb = [one["details"][detail] for one in contenders.values()]
        memory.plot(sizes, drawn_mb, style, color=INK, label=LABELS[detail].removesuffix(" MB"))
    memory.set_ylabel("MB")
    held_mb = [one["details"][detail] for one in contenders.values() for detail in MEMORY]
    memory.set_ylim(10 ** math.floor(math.log10(min(held_mb))), 10 ** math.ceil(math.log10(max(held_mb))))
    _decades(memory.set_yscale, memory.yaxis)
    memory.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    for axes in (speed, memory):
        _decades(axes.set_xscale, axes.xaxis)
        axes.set_xlabel(next(iter(contenders)).split()[1])
        axes.spines[["top", "right"]].set_visible(False)
    drawn.tight_layout()
    return drawn


PICTURES: Final[dict[str, Callable[[Document], Figure]]] = {
    "stage": speeds,
    "pipeline": speeds,
    "tools": speeds,
    "elections": speeds,
    "feed": waits,
    "later": speeds,
    "growth": growths,
    "contests": growths,
}
"""How each benchmark is drawn."""


def _canvas(bars: int) -> tuple[Figure, Any]:
    drawn = Figure(figsize=(WIDTH_INCHES, 0.8 + BAR_INCHES * bars))
    axes = drawn.subplots()
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return drawn, axes


def _decades(scale: Callable[[str], None], axis: Any) -> None:  # noqa: ANN401  # matplotlib's axis
    """Scale an axis by powers of ten, written out."""
    scale("log")
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def _label(axes: Any, ends: list[float], labels: list[str]) -> None:  # noqa: ANN401  # matplotlib's axes
    """Write the figures beside the bars."""
    for place, (end, label) in enumerate(zip(ends, labels, strict=True)):
        axes.annotate(label, (end, place), xytext=(4, 0), textcoords="offset points", va="center", color=INK)
    axes.margins(x=0.18)
