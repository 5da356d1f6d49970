"""P1: the prompter's cost per frame, short script against long."""

import displays
from ground import Row, not_measured


def measure(ground):
    blocks = 10 if ground.quick else 60
    told = ground.measure("prompter", blocks)[0]
    ratio = told["long_us"] / told["short_us"]
    rows = told["rows_drawn"]
    what = f"prompter, CPU a frame: 100,000 words | 1,000 (p50 of {blocks} blocks of {told['frames']} frames; {rows[1]} | {rows[0]} rows drawn)"
    yield Row("P1", what, f"{told['long_us']:.1f} µs", f"{told['short_us']:.1f} µs", f"{ratio:.2f}", "≤ 1.2", ratio <= 1.2)
    yield not_measured("P1", "sub-pixel error", "held by the test light_moves_by_the_fraction_of_a_pixel_it_should", "≤ 0.05 px")
    yield from displays.measure(ground)
    yield Row("", "adapter of P1 and P9", told["adapter"])
