"""Every benchmark there is."""

from typing import Final

from benchmarks import comparison, elections, feed, growth, later, pipeline, stage

BENCHMARKS: Final = {
    benchmark.name: benchmark
    for benchmark in (
        stage.BENCHMARK,
        pipeline.BENCHMARK,
        feed.BENCHMARK,
        comparison.TOOLS,
        comparison.KILLS,
        elections.BENCHMARK,
        later.BENCHMARK,
        growth.GROWTH,
        growth.BREADTH,
    )
}
"""By name, in the order in which they are measured and described."""

BY_NAME_ONLY: Final = (comparison.KILLS.name,)
"""Not measured unless asked for: others wait half a minute for what does not come."""

SUITE: Final = tuple(name for name in BENCHMARKS if name not in BY_NAME_ONLY)
"""What ``make bench`` measures."""
