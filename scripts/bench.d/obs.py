"""OBS Studio as a peer: it records the synthetic camera's pictures from a file, at our size, rate and encoder settings, on a
screen of its own that nobody sees. It has no way to run without a screen or OpenGL, so without a GPU much of its CPU time is
drawing; that is said in the table. What it recorded is judged by its own log and by decoding its file."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

import ground as g

WIDTH, HEIGHT, FPS, KBPS = 1280, 720, 30, 2764
NAME = "Bench"
START_LIMIT, STOP_LIMIT = 60.0, 30.0
BEGUN, ENDED = "==== Recording Start", "Total frames output"

GLOBAL = f"""[General]
Pre19Defaults=false
Pre21Defaults=false
Pre23Defaults=false
Pre24.1Defaults=false
FirstRun=true
LastVersion=486539266
EnableAutoUpdates=false
ConfirmOnExit=false
[Basic]
Profile={NAME}
ProfileDir={NAME}
SceneCollection={NAME}
SceneCollectionFile={NAME}
[BasicWindow]
PreviewEnabled=false
WarnBeforeStoppingRecord=false
"""

# The same encoder at the same settings as ours: `assets/encode_profiles.toml`, “H.264 x264”.
ENCODER = {"rate_control": "CBR", "bitrate": KBPS, "preset": "superfast", "tune": "zerolatency", "keyint_sec": 1}


def missing():
    """Why OBS can't be measured, or nothing."""
    return None if shutil.which("obs") else "OBS Studio is not installed (scripts/setup bench)"


class Obs:
    """A running OBS that records. `begin` is when its log said so, on the monotonic clock."""

    def __init__(self, place, film):
        self.place, self.out, self.log = place, place / "out", place / "log"
        configure(place, film)
        self.screen = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            display = self.screen.stdout.readline().strip()
            self.child = subprocess.Popen(command(), stdout=self.log.open("w"), stderr=subprocess.STDOUT, env=environment(place, display))
            self.begin = g.wait_for("OBS to record", lambda: self.says(BEGUN) and time.monotonic(), START_LIMIT, every=0.01)
        except BaseException:
            self.end()
            raise

    def says(self, words):
        if self.child.poll() is not None:
            raise g.Failed(f"OBS ended with {self.child.returncode}: {self.log.read_text()[-300:]}")
        return words in self.log.read_text(errors="replace")

    def stop(self):
        """Tells it to end, and waits; seconds until it had ended, with its file closed."""
        told = time.monotonic()
        self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired as late:
            raise g.Failed("OBS did not end when it was told to") from late
        ended = time.monotonic()
        if ENDED not in self.log.read_text(errors="replace"):
            raise g.Failed("OBS ended without closing its recording")
        return ended - told

    def kill(self):
        self.child.kill()
        self.child.wait()

    def media(self):
        return next(self.out.glob("*.mkv"))

    def dropped(self):
        """Frames that its log says it could not draw or encode in time."""
        text = self.log.read_text(errors="replace")
        counts = re.findall(r"(?:lagged frames due to rendering lag/stalls|skipped frames due to encoding lag)\D*?: (\d+)", text)
        return sum(map(int, counts))

    def end(self):
        for child in (getattr(self, "child", None), self.screen):
            if child and child.poll() is None:
                child.kill()
                child.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def film(folder, pictures):
    """The pictures as one raw file that costs nothing to decode, for OBS to play in a loop."""
    file = folder / "film.y4m"
    source = f"multifilesrc location={pictures.folder}/%05d.nv12 stop-index={len(list(pictures.folder.glob('*.nv12'))) - 1}"
    parse = f"rawvideoparse width={WIDTH} height={HEIGHT} format=nv12 framerate={FPS}/1"
    line = f"{source} ! {parse} ! videoconvert ! video/x-raw,format=I420 ! y4menc ! filesink location={file}"
    g.run(["gst-launch-1.0", "-q", *line.split()])
    return file


def command():
    quiet = ["--minimize-to-tray", "--disable-updater", "--disable-missing-files-check", "--multi"]
    return ["obs", "--startrecording", *quiet, "--collection", NAME, "--profile", NAME]


def environment(place, display):
    own = {"DISPLAY": f":{display}", "XDG_CONFIG_HOME": place / "config", "XDG_RUNTIME_DIR": place / "run"}
    return os.environ | {name: str(value) for name, value in own.items()} | {"LIBGL_ALWAYS_SOFTWARE": "1", "QT_QPA_PLATFORM": "xcb"}


def configure(place, film):
    config = place / "config/obs-studio"
    profile, scenes = config / "basic/profiles" / NAME, config / "basic/scenes"
    for folder in (profile, scenes, place / "out"):
        folder.mkdir(parents=True)
    (place / "run").mkdir(mode=0o700)
    (config / "global.ini").write_text(GLOBAL)
    (profile / "basic.ini").write_text(basic(place / "out"))
    (profile / "recordEncoder.json").write_text(json.dumps(ENCODER))
    (scenes / f"{NAME}.json").write_text(json.dumps(scene(film)))


def basic(out):
    return f"""[General]
Name={NAME}
[Output]
Mode=Advanced
FilenameFormatting=rec
OverwriteIfExists=true
[AdvOut]
RecType=Standard
RecFilePath={out}
RecFormat=mkv
RecEncoder=obs_x264
RecTracks=1
TrackIndex=1
[Video]
BaseCX={WIDTH}
BaseCY={HEIGHT}
OutputCX={WIDTH}
OutputCY={HEIGHT}
FPSType=0
FPSCommon={FPS}
[Audio]
SampleRate=48000
ChannelSetup=Stereo
"""


def scene(film):
    """One scene with the film in it, where it is."""
    settings = {"is_local_file": True, "local_file": str(film), "looping": True, "hw_decode": False, "restart_on_activate": False}
    source = {"id": "ffmpeg_source", "name": "Film", "settings": settings | {"close_when_inactive": False}}
    place = {"pos": {"x": 0.0, "y": 0.0}, "scale": {"x": 1.0, "y": 1.0}, "rot": 0.0, "align": 5}
    item = {"id": 1, "name": "Film", "visible": True, "locked": False, **place}
    item |= {"bounds_type": 0, "bounds_align": 0, "bounds": {"x": 0.0, "y": 0.0}}
    item |= {f"crop_{side}": 0 for side in ("left", "top", "right", "bottom")}
    stage = {"id": "scene", "name": "Stage", "settings": {"custom_size": False, "id_counter": 1, "items": [item]}}
    names = {"name": NAME, "current_scene": "Stage", "current_program_scene": "Stage", "scene_order": [{"name": "Stage"}]}
    rest = {"current_transition": "Cut", "transition_duration": 300, "transitions": [], "groups": [], "modules": {}}
    return names | rest | {"quick_transitions": [], "saved_projectors": [], "sources": [stage, source]}
