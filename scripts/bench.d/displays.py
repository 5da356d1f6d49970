"""P1, displays: frame intervals of one and of two talent's windows, and what the live link costs."""

import json
import os
import shutil
import signal
import subprocess
import time

import ground as g
from ground import Row, not_measured
from window import Screen


def measure(ground):
    yield from link(ground)
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        yield not_measured("P1", "second display", "Xvfb or xdotool is not installed", "costs the first nothing")
        return
    secs = 5 if ground.quick else 20
    alone = scrolled(ground, "alone", 1, secs)[0]
    first, second = scrolled(ground, "both", 2, secs)
    figures = lambda s: f"{s['p50_ms']:.1f} ms, p99 {s['p99_ms']:.1f}, {s['missed']} of {s['frames']} late"
    what = f"frame interval of a talent’s window over {secs} s (Xvfb, software Vulkan): with a second display | alone"
    ratio = first["p50_ms"] / alone["p50_ms"] if alone["p50_ms"] else 0.0
    yield Row("P1", what, figures(first), figures(alone), f"{ratio:.2f}", "costs the first nothing", ratio <= 1.1)
    yield Row("P1", "the second display itself", figures(second))


def link(ground):
    secs = 10 if ground.quick else 60
    told = ground.measure("link", ground.fresh("link"), secs)[0]
    yield Row("P1", f"live link while scrolling steadily, both ways (over {told['seconds']} s; the text itself {told['text_bytes'] / 1e3:.0f} kB, once)", f"{told['bytes_a_minute']:.0f} bytes/min")
    yield Row("P1", f"order from a display to the studio, loopback (p50 of {told['orders']}; p99)", f"{told['order_p50_us'] / 1e3:.2f} ms; {told['order_p99_us'] / 1e3:.2f} ms")


def scrolled(ground, name, windows, secs):
    """Smoothness of so many windows that scroll at once, each on a screen of its own, as on graphics cards of their own."""
    screens = [Screen(ground, f"displays-{name}-{n}") for n in range(windows)]
    children = []
    try:
        for n, screen in enumerate(screens):
            env = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"} | {"DISPLAY": screen.display}
            data = ground.fresh(f"displays-data-{name}-{n}")
            command = [g.ONETAKE, "prompter", g.SCRIPT, "--json", "--data", data]
            children.append((subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True), env))
            g.wait_for("the talent’s window", screen.drawn)
        for _, env in children:
            subprocess.run(["xdotool", "key", "space"], env=env, check=True)
        time.sleep(secs)
        told = []
        for child, _ in children:
            child.send_signal(signal.SIGTERM)
        for child, _ in children:
            said = [json.loads(line) for line in child.communicate(timeout=30)[0].splitlines() if line.startswith("{")]
            told += [event["ended"]["smoothness"] for event in said if "ended" in event]
        if len(told) != windows or not all(told):
            raise g.Failed("a talent’s window did not scroll")
        return told
    finally:
        for child, _ in children:
            child.kill()
        for screen in screens:
            screen.close()
