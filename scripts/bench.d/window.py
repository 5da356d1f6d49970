"""P9: from the start of the process to the first frame of its window, under a screen whose memory we can watch."""

import mmap
import os
import shutil
import struct
import subprocess
import time

import ground as g
from ground import Row

# A stretch in the middle of the screen, in pixels: neither window leaves it black.
LINE, LEFT, RIGHT = 400, 200, 1080


class Screen:
    """Xvfb with its picture in a mapped file: an XWD image (X11/XWDFile.h), 32 bits a pixel, black until a window draws."""

    def __init__(self, ground, name):
        folder = ground.fresh(name)
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-fbdir", folder, "-nolisten", "tcp", "-noreset"]
        self.child = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            raise g.Failed("Xvfb does not start")
        self.display = f":{number}"
        with open(folder / "Xvfb_screen0", "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        fields = struct.unpack(">25I", self.memory[:100])
        header, line_bytes, colours = fields[0], fields[12], fields[19]
        self.start = header + 12 * colours + LINE * line_bytes + 4 * LEFT
        self.size = 4 * (RIGHT - LEFT)
        self.black = bytes(self.size)

    def drawn(self):
        return self.memory[self.start : self.start + self.size] != self.black

    def close(self):
        self.child.terminate()
        self.child.wait()


def measure(ground):
    if not shutil.which("Xvfb"):
        yield g.not_measured("P9", "start to first frame", "Xvfb is not installed", "≤ 1.5")
        return
    rounds = 3 if ground.quick else 9
    studio = [g.ONETAKE, "--data", ground.fresh("window-data")]
    empty = [ground.programs["empty_window"]]
    # The first start makes the data folder and the demo; people see it once.
    cold = first_frame(ground, studio, "cold")
    first_frame(ground, empty, "empty-warm-up")
    pairs = [(first_frame(ground, studio, f"own-{n}"), first_frame(ground, empty, f"empty-{n}")) for n in range(rounds)]
    own, peer, ratio = g.p50([o for o, _ in pairs]), g.p50([p for _, p in pairs]), g.p50([o / p for o, p in pairs])
    what = f"start to first frame of the window, Xvfb (p50 of {rounds})"
    yield Row("P9", what, f"{own * 1e3:.0f} ms", f"{peer * 1e3:.0f} ms empty eframe window", f"{ratio:.2f}", "≤ 1.5", ratio <= 1.5)
    yield Row("P9", "the very first start, with an empty data folder", f"{cold * 1e3:.0f} ms")


def first_frame(ground, command, name):
    """Seconds until the window's first frame is on a screen of its own."""
    screen = Screen(ground, f"screen-{name}")
    try:
        env = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"}
        # Cargo builds the empty window with the tests' features, among them OpenGL, which the studio does not have.
        env |= {"DISPLAY": screen.display, "WGPU_BACKEND": "vulkan"}
        if screen.drawn():
            raise g.Failed("the screen is not black before a window is there")
        began = time.monotonic()
        child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            g.wait_for("a window's first frame", screen.drawn, every=0.001)
            return time.monotonic() - began
        finally:
            child.kill()
            child.wait()
    finally:
        screen.close()
