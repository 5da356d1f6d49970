"""P5: from stop to the picture in the player."""

from ground import Row, p50


def measure(ground):
    lengths, rounds = ([3, 8], 1) if ground.quick else ([3, 60], 3)
    for length in lengths:
        # The first take of a studio also tries encoders; one of a second comes before and is not counted.
        told = ground.measure("review", ground.fresh(f"review-{length}"), 1, *[length] * rounds)[1:]
        yield from rows(length, rounds, told)


def rows(length, rounds, told):
    figures = {key: [take[key] for take in told if take[key]] for key in ("closed_ms", "picture_ms", "playing_ms", "playbin_ms")}
    closed, picture, playing, peer = figures.values()
    ratio = f"{p50(picture) / p50(peer):.2f}" if peer else ""
    peer_text = f"{p50(peer):.0f} ms: playbin3 opens it" if peer else "playbin3 does not open it"
    what = f"stop → first picture of a {length} s take (p50 of {rounds})"
    yield Row("P5", what, f"{p50(picture):.0f} ms, file closed at {p50(closed):.0f}", peer_text, ratio)
    what = f"stop → playing of a {length} s take, worst of {rounds}"
    yield Row("P5", what, f"{max(playing):.0f} ms", "", "", "≤ 300 ms", max(playing) <= 300)
