"""P2, P4 and P5 beside OBS Studio: what recording costs, what is dropped, how long the end takes, and what a kill leaves."""

import json
import random
import signal
import subprocess
import time

import ground as g
import obs
import recording
from ground import Row


def measure(ground, pictures):
    if obs.missing():
        yield g.not_measured("P2", "against OBS Studio", obs.missing(), "less CPU")
        return
    secs, rounds = (8, 1) if ground.quick else (20, 3)
    film = obs.film(pictures.folder, pictures)
    ours, theirs = [], []
    for number in range(rounds):
        ours.append(told_to_stop(ground.fresh(f"stopped-{number}"), secs))
        with obs.Obs(ground.fresh(f"obs-{number}"), film) as peer:
            told = recording.steady(peer.child, peer.begin, secs)
            ended = peer.stop()
            theirs.append(told | {"ended": ended, "dropped": peer.dropped()})
    cost, costs = [run["steady"] for run in ours], [run["steady"] for run in theirs]
    ratio = g.p50([own / peer for own, peer in zip(cost, costs)])
    what = f"recording 1280×720×30 beside OBS Studio without a GPU: CPU s per recorded s (p50 of {rounds} × {secs} s)"
    yield Row("P2", what, f"{g.p50(cost):.3f}", f"{g.p50(costs):.3f} OBS", f"{ratio:.2f}", "less CPU", ratio < 1)
    dropped = max(run["dropped"] for run in ours), max(run["dropped"] for run in theirs)
    yield Row("P2", "frames dropped in these", str(dropped[0]), f"{dropped[1]} OBS, by its own log", promise="0", met=dropped[0] == 0)
    ended = [run["ended"] for run in ours], [run["ended"] for run in theirs]
    yield Row("P5", "told to stop → process ended, file closed", f"{g.p50(ended[0]) * 1000:.0f} ms", f"{g.p50(ended[1]) * 1000:.0f} ms OBS")
    yield from kills(ground, film)


def told_to_stop(place, secs):
    """A take that is told to end after `secs` seconds; what it cost, and how long the end took."""
    with (place / "out").open("w") as out:
        child = subprocess.Popen(recording.take_command(place / "data", 600), stdout=out, stderr=subprocess.DEVNULL)
        begin = g.wait_for("the take's first frame", lambda: recording.rolling(place / "data"))
        told = recording.steady(child, begin, secs)
        asked = time.monotonic()
        child.send_signal(signal.SIGINT)
        child.wait(30)
        ended = time.monotonic() - asked
    answer = json.loads((place / "out").read_text().splitlines()[-1])
    return told | {"ended": ended, "dropped": answer["dropped"]}


def kills(ground, film):
    """P4 for OBS: what is missing in its file after a kill, counted from its “recording” to the kill."""
    moments = [random.uniform(2.0, 8.0) for _ in range(2 if ground.quick else 10)]
    lost = []
    for number, moment in enumerate(moments):
        with obs.Obs(ground.fresh(f"obs-kill-{number}"), film) as peer:
            time.sleep(max(0.0, peer.begin + moment - time.monotonic()))
            recorded = time.monotonic() - peer.begin
            peer.kill()
            lost.append(recording.lost_secs(ground, peer.media(), recorded))
    opened = [secs for secs in lost if secs is not None]
    text = f"{max(opened):.2f} ({g.p50(opened):.2f})" if opened else "–"
    what = f"the same for OBS Studio, {len(moments)} kills: seconds lost, worst (median); files that open"
    yield Row("P4", what, "see above", f"{text}; {len(opened)} of {len(moments)} OBS")
