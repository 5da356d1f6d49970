"""What every measurement stands on: places, building, running, and the rows of the table."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONETAKE = ROOT / "target/release/onetake"
BENCHES = ["empty_window", "measure"]
SCRIPT = ROOT / "assets/demo/script.md"


@dataclass
class Row:
    """One line of the table. `met` is None where nothing is promised or nothing was measured."""

    id: str
    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    promise: str = ""
    met: bool | None = None

    def cells(self):
        met = {True: "yes", False: "NO", None: "–"}[self.met]
        return [self.id, self.what, self.ours, self.peer or "–", self.ratio or "–", self.promise or "–", met]


@dataclass
class Ground:
    """Where this run writes, how thorough it is, and the bench programs by name."""

    work: Path
    quick: bool
    long: bool
    programs: dict

    def measure(self, *words):
        """The objects that the bench program prints."""
        return run_json([self.programs["measure"], *words])

    def fresh(self, name):
        folder = self.work / name
        folder.mkdir(parents=True)
        return folder


def not_measured(id, what, why, promise=""):
    return Row(id, what, f"not measured: {why}", promise=promise)


def build():
    """Builds the release binary and the bench programs; gives the latter's paths by name."""
    run(["cargo", "build", "--release", "--locked", "--bin", "onetake"], capture=False)
    wanted = [word for name in BENCHES for word in ("--bench", name)]
    command = ["cargo", "bench", "--no-run", "--locked", "--message-format=json-render-diagnostics", *wanted]
    found = {}
    for line in run(command, stderr=None).splitlines():
        message = json.loads(line)
        if message.get("executable") and "bench" in message["target"]["kind"]:
            found[message["target"]["name"]] = message["executable"]
    return found


def run(command, capture=True, stderr=subprocess.PIPE, **more):
    """Runs a command in the project's folder; its output, or an end with what it said."""
    out = subprocess.PIPE if capture else None
    done = subprocess.run(list(map(str, command)), cwd=ROOT, stdout=out, stderr=stderr if capture else None, text=True, **more)
    if done.returncode != 0:
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}: {(done.stderr or '').strip()[-400:]}")
    return done.stdout or ""


def run_json(command, **more):
    """The objects a command prints, one a line."""
    return [json.loads(line) for line in run(command, **more).splitlines() if line.startswith("{")]


class Failed(Exception):
    """A measurement that could not be made, with the reason."""


def wait_for(what, look, limit=60.0, every=0.002):
    """The first true value that `look` gives."""
    ends = time.monotonic() + limit
    while time.monotonic() < ends:
        found = look()
        if found:
            return found
        time.sleep(every)
    raise Failed(f"waited in vain for {what}")


def p50(figures):
    return statistics.median(figures)


def machine():
    """Pairs that say where the figures come from."""
    cpu = next((l.split(":")[1].strip() for l in Path("/proc/cpuinfo").read_text().splitlines() if l.startswith("model name")), "?")
    gstreamer = run(["gst-launch-1.0", "--version"]).splitlines()[1]
    memory = int(next(l.split()[1] for l in Path("/proc/meminfo").read_text().splitlines() if l.startswith("MemTotal")))
    commit = run(["git", "rev-parse", "--short", "HEAD"]).strip()
    changed = " with changes" if run(["git", "status", "--porcelain"]).strip() else ""
    return [
        ("date", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())),
        ("commit", commit + changed),
        ("processor", f"{cpu}, {os.cpu_count()} cores, {memory / 2**20:.0f} GB"),
        ("system", f"{platform.freedesktop_os_release().get('PRETTY_NAME', '?')}, Linux {platform.release()}"),
        ("gstreamer", gstreamer),
        ("load before", f"{os.getloadavg()[0]:.1f}"),
    ]


def say(text):
    print(text, file=sys.stderr, flush=True)
