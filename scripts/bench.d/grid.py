"""P10: a frame of the library's page, many assets against few."""

from ground import Row


def measure(ground):
    blocks = 4 if ground.quick else 30
    told = ground.measure("grid", blocks)[0]
    ratio = told["many_us"] / told["few_us"]
    what = f"library, CPU a frame: {told['many']:,} assets | {told['few']} (p50 of {blocks} blocks of {told['frames']} scrolled frames)"
    # As fast as with a hundred: within what two runs of the same differ by.
    yield Row("P10", what, f"{told['many_us']:.0f} µs", f"{told['few_us']:.0f} µs", f"{ratio:.2f}", "≤ 1.1", ratio <= 1.1)
