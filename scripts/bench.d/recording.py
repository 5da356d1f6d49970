"""P2, P3, P4: takes of the synthetic camera by the release binary, against gst-launch with the same pictures and encoders."""

import json
import os
import random
import re
import signal
import subprocess
import time
import tomllib
from collections import Counter
from datetime import datetime

import beside_obs
import ground as g
from ground import Row

TICKS = os.sysconf("SC_CLK_TCK")
# How much of a run's beginning and end is left out of the steady part.
LEAD_SECS, TRAIL_SECS = 3.0, 1.0
FPS, KBPS, AUDIO_BPS = 30, 2764, 160_000
PICTURES = 300
# How far a usual crystal is off, at most.
PPM = 200
# The element that keeps the peer to the speed of a camera.
PACED = "clocksync"
# The threads that encode, by the beginning of their names: an encoder works, and x264 starts its helpers, under the name of
# the source's thread. Ours come first, then the peer's.
ENCODING = {"pictures": ("pictures:", "multifilesrc"), "sound": ("sound:", "audiotestsrc")}


class Pictures:
    """The synthetic camera's pictures as raw files in memory, for the peer."""

    def __init__(self, ground):
        self.folder = g.Path("/dev/shm") / f"onetake-bench-{os.getpid()}"
        self.folder.mkdir()
        ground.measure("write", self.folder, PICTURES)

    def remove(self):
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()


def measure(ground):
    pictures = Pictures(ground)
    try:
        yield from cpu(ground, pictures)
        yield from kills(ground, pictures)
        yield from beside_obs.measure(ground, pictures)
    finally:
        pictures.remove()


def cpu(ground, pictures):
    secs, rounds = (8, 1) if ground.quick else (20, 3)
    runs = []
    for number in range(rounds):
        place = ground.fresh(f"take-{number}")
        ours = take(place, secs)
        runs.append((ours, gst_launch(place, pictures, secs, ours["profile"])))
    steady = [(o["steady"], p["steady"]) for o, p in runs]
    whole = [(o["whole"] / secs, p["whole"] / secs) for o, p in runs]
    dropped = max(o["dropped"] for o, _ in runs)
    label = f"recording 1280×720×30, {runs[0][0]['profile']}: CPU s per recorded s"
    yield pair(f"{label}, while rolling (p50 of {rounds} × {secs} s)", steady, "≤ 1.15", 1.15)
    yield pair(f"{label}, whole process with its start", whole)
    own, peer = ([run[who]["threads"] for run in runs] for who in (0, 1))
    yield Row("P2", "of it: pictures' encoder + sound's encoder + all else", split(own), split(peer))
    yield Row("P2", f"frames dropped in {rounds} × {secs} s", str(dropped), promise="0", met=dropped == 0)
    last = runs[-1][0]
    if ground.long:
        last = take(ground.fresh("take-long"), 600, sample=False)
        yield Row("P2", "frames dropped in 10 min", str(last["dropped"]), promise="0", met=last["dropped"] == 0)
    else:
        yield g.not_measured("P2", "frames dropped in 10 min", "run with --long", "0")
    yield from sync(ground, last)
    yield from drift(ground, pictures)


def split(runs):
    """CPU seconds a second of the encoding threads and of all others, over all runs."""
    total = Counter()
    for threads_of in runs:
        for name, spent in threads_of.items():
            kind = next((kind for kind, begins in ENCODING.items() if name.startswith(begins)), "else")
            total[kind] += spent / len(runs)
    return f"{total['pictures']:.3f} + {total['sound']:.3f} + {total['else']:.3f}"


def pair(what, pairs, promise="", limit=None):
    """A row of CPU costs; the ratio is that of each round's two runs, which stood side by side."""
    ours, peer, ratio = g.p50([o for o, _ in pairs]), g.p50([p for _, p in pairs]), g.p50([o / p for o, p in pairs])
    met = None if limit is None else ratio <= limit
    return Row("P2", what, f"{ours:.3f}", f"{peer:.3f} gst-launch", f"{ratio:.2f}", promise, met)


def sync(ground, take):
    proof = ground.measure("check", take["media"])[0]
    worst = proof["worst_offset_ms"]
    complete = proof["missing_frames"] == proof["unreadable_frames"] == proof["misplaced_frames"] == 0
    yield Row("P2", "frames missing in the file", str(proof["missing_frames"]), promise="0", met=complete)
    yield Row("P3", f"sound against picture, worst of {proof['pairs']} flashes", f"{worst:+.2f} ms", promise="≤ 10 ms", met=abs(worst) <= 10)


def drift(ground, pictures):
    """P3 with a microphone whose crystal is off, against a file whose samples are merely counted."""
    secs = 8 if ground.quick else 600 if ground.long else 60
    place = ground.fresh("drift")
    ours = take(place, secs, sample=False, microphone=f"synthetic:drift@{PPM}")
    proof = ground.measure("check", ours["media"])[0]
    ground.measure("tone", place / "tone.raw", secs, PPM)
    peer = counted(ground, pictures, place, secs, ours["profile"])
    what = f"microphone {PPM} ppm fast, {secs} s"
    worst, theirs = proof["worst_offset_ms"], peer["worst_offset_ms"]
    met = abs(worst) <= 10
    yield Row("P3", f"{what}: worst of {proof['pairs']} flashes", f"{worst:+.2f} ms", f"{theirs:+.2f} ms counted", "", "≤ 10 ms", met)
    moved, theirs = proof["drift_ms"], peer["drift_ms"]
    met = abs(moved) <= 5 if ground.long or abs(moved) > 5 else None
    yield Row("P3", f"{what}: last flash against the first", f"{moved:+.2f} ms", f"{theirs:+.2f} ms counted", "", "≤ 5 ms in 10 min", met)


def counted(ground, pictures, place, secs, profile):
    """The proof of a file that gst-launch makes of the same pictures and the same sound, by counting both."""
    sound = f"filesrc location={place / 'tone.raw'} ! rawaudioparse pcm-format=s16le sample-rate=48000 num-channels=1"
    command = peer_command(pictures, place / "peer.mkv", profile, secs, sound=sound)
    g.run(["identity" if word == PACED else word for word in command])
    return ground.measure("check", place / "peer.mkv")[0]


def take(place, secs, sample=True, microphone="synthetic"):
    """One take by the release binary; what it cost and where it lies."""
    with (place / "out").open("w") as out:
        child = subprocess.Popen(take_command(place / "data", secs, microphone), stdout=out, stderr=subprocess.DEVNULL)
        begin = g.wait_for("the take's first frame", lambda: rolling(place / "data"))
        told = steady(child, begin, secs) if sample else {}
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise g.Failed(f"onetake take ended with {child.returncode}")
    answer = json.loads((place / "out").read_text())
    opened = json.loads(g.Path(answer["journal"]).read_text().splitlines()[0])
    whole = usage.ru_utime + usage.ru_stime
    return told | {"whole": whole, "dropped": answer["dropped"], "media": answer["media"], "profile": opened["profile"]}


def take_command(data, secs, microphone="synthetic"):
    devices = ["--camera", "synthetic", "--microphone", microphone]
    return [g.ONETAKE, "take", g.SCRIPT, "--seconds", str(secs), *devices, "--data", data, "--json"]


def rolling(data):
    journals = list(data.glob("takes/*/journal.jsonl"))
    return journals and '"rolling"' in journals[0].read_text() and time.monotonic()


def gst_launch(place, pictures, secs, profile):
    """The peer: the same pictures, paced, to the same encoders and muxer."""
    command = peer_command(pictures, place / "peer.mkv", profile, secs)
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    begin = playing(child)
    told = steady(child, begin, secs)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise g.Failed(f"gst-launch ended with {child.returncode}: {said[-300:]}")
    return told | {"whole": usage.ru_utime + usage.ru_stime}


def peer_command(pictures, file, profile, secs, sink="buffer-mode=unbuffered", sound=None):
    profiles = tomllib.loads((g.ROOT / "assets/encode_profiles.toml").read_text())
    video = next(p for p in profiles["video"] if p["name"] == profile)
    audio = profiles["audio"][0]
    numbers = {"gop": FPS, "kbps": KBPS, "bps": KBPS * 1000}
    source = f"multifilesrc location={pictures.folder}/%05d.nv12 stop-index={PICTURES - 1} loop=true num-buffers={secs * FPS}"
    parse = f"rawvideoparse width=1280 height=720 format=nv12 framerate={FPS}/1"
    tone = f"audiotestsrc is-live=true wave=sine freq=110 volume=0.014 samplesperbuffer=480 num-buffers={secs * 100}"
    tone = sound or f"{tone} ! audio/x-raw,format=F32LE,rate=48000,channels=2"
    return [
        "gst-launch-1.0",
        *"matroskamux name=mux timecodescale=100000 max-cluster-duration=1000000000 !".split(),
        *f"filesink location={file} sync=false async=false {sink}".split(),
        *f"{source} ! {parse} ! {PACED} ! videoconvert ! video/x-raw,format=NV12 !".split(),
        *encoder(video, numbers), "!", *"queue ! mux.video_0".split(),
        *f"{tone} ! audioconvert ! audioresample !".split(),
        *encoder(audio, {"bps": AUDIO_BPS}), "!", *"queue ! mux.audio_0".split(),
    ]


def encoder(profile, numbers):
    words = [profile["element"]]
    words += [f"{key}={value.format(**numbers)}" for key, value in profile.get("properties", {}).items()]
    for after in profile.get("after", []):
        words += ["!", after]
    return words


def playing(child):
    """The moment gst-launch begins to play."""
    for line in child.stdout:
        if "PLAYING" in line:
            return time.monotonic()
    raise g.Failed("gst-launch did not begin to play")


def steady(child, begin, secs):
    """CPU seconds a second in the middle of a run, whole and by thread."""
    time.sleep(max(0.0, begin + LEAD_SECS - time.monotonic()))
    first, since = threads(child.pid), time.monotonic()
    time.sleep(max(0.0, begin + secs - TRAIL_SECS - time.monotonic()))
    second, until = threads(child.pid), time.monotonic()
    by_name = Counter()
    for thread, (name, spent) in second.items():
        by_name[name] += (spent - first.get(thread, (name, 0.0))[1]) / (until - since)
    return {"steady": sum(by_name.values()), "threads": by_name}


def threads(pid):
    """Name and CPU seconds of each thread (proc(5), stat fields 14 and 15). A thread that ends in between is lost."""
    found = {}
    for task in g.Path(f"/proc/{pid}/task").iterdir():
        try:
            text = (task / "stat").read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        found[task.name] = (name, (int(rest[11]) + int(rest[12])) / TICKS)
    return found


def kills(ground, pictures):
    """P4: seconds between the kill and the end of what can be decoded."""
    count = 2 if ground.quick else 10
    moments = [random.uniform(2.0, 8.0) for _ in range(count)]
    ours, peer = [], []
    for number, moment in enumerate(moments):
        place = ground.fresh(f"kill-{number}")
        ours.append(kill_take(ground, place, moment))
        peer.append(kill_gst_launch(ground, place, pictures, moment))
    opened = sum(lost is not None for lost in ours)
    what = f"kill -9 at {count} random moments: seconds lost, worst (median)"
    lost, theirs = [x for x in ours if x is not None], [x for x in peer if x is not None]
    theirs_text = f"{max(theirs):.2f} ({g.p50(theirs):.2f}) matroskamux, default filesink" if theirs else "no file opens"
    ours_text = f"{max(lost):.2f} ({g.p50(lost):.2f})" if lost else "no file opens"
    ratio = f"{g.p50(lost) / g.p50(theirs):.2f}" if lost and theirs else ""
    yield Row("P4", what, ours_text, theirs_text, ratio, "≤ 0.25 s", bool(lost) and max(lost) <= 0.25)
    yield Row("P4", "files that open after a kill", f"{opened} of {count}", f"{len(theirs)} of {count}", "", "all", opened == count)
    yield g.not_measured("P4", "power loss", "scripts/torture simulates it (docs/RELIABILITY.md)", "≤ 1 s")


def kill_take(ground, place, moment):
    """Time is counted from the log line of the recorder's start: up to a frame before the first frame, so never too short."""
    env = os.environ | {"ONETAKE_LOG": "onetake::media::record=info"}
    child = subprocess.Popen(take_command(place / "data", 60), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env)
    for line in child.stderr:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
        if " recording path=" in plain:
            begin = datetime.fromisoformat(plain.split()[0]).timestamp()
            break
    else:
        raise g.Failed("onetake take did not say that it records")
    end = kill_at(child, begin + moment)
    media = next((place / "data/takes").glob("*/*.mkv"))
    return lost_secs(ground, media, end - begin)


def kill_gst_launch(ground, place, pictures, moment):
    command = peer_command(pictures, place / "peer.mkv", "H.264 x264", 60, sink="")
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    playing(child)
    begin = time.time()
    end = kill_at(child, begin + moment)
    return lost_secs(ground, place / "peer.mkv", end - begin)


def kill_at(child, moment):
    time.sleep(max(0.0, moment - time.time()))
    end = time.time()
    child.send_signal(signal.SIGKILL)
    child.wait()
    return end


def lost_secs(ground, media, recorded):
    """`recorded` less what can be decoded; None when the file does not open."""
    proof = ground.measure("check", media)[0]
    return recorded - proof["frames"] / FPS if proof.get("frames") else None
