"""P8: the studio's client and curl, in turns, against one release server."""

import base64
import json
import os
import shutil
import signal
import subprocess
import time

import ground as g
from ground import Row

TUS = "/api/v1/studio/tus"
SMALL_MB, LARGE_MB = 64, 512
# What allocator and queues may differ by between two runs of the same work.
MEMORY_MB = 16
HEAD = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x14\x42\x86\x81\x01\x42\x82\x88matroska"


class Server:
    """`onetake serve` on a folder of its own."""

    def __init__(self, folder):
        command = [g.ONETAKE, "serve", "--listen", "127.0.0.1:0", "--data", folder, "--json"]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        hello = json.loads(self.child.stdout.readline())
        self.url, self.token, self.folder = hello["listening"], hello["token"], folder

    def peak_mb(self):
        status = g.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024

    def clear(self):
        """Room for the next: what was received is not kept."""
        for file in (self.folder / "videos").iterdir():
            file.unlink()

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


def measure(ground):
    disks = [("disk", ground.fresh("uploads"))]
    memory = g.Path("/dev/shm") / f"onetake-bench-upload-{os.getpid()}"
    memory.mkdir()
    try:
        yield from on(ground, "files on disk", disks[0][1])
        yield from on(ground, "files in memory", memory)
    finally:
        shutil.rmtree(memory)


def on(ground, where, folder):
    rounds = 2 if ground.quick else 7
    large = video(folder / "large.mkv", 128 if ground.quick else LARGE_MB)
    small = video(folder / "small.mkv", SMALL_MB)
    server = Server(folder / "server")
    try:
        peak_small = ours(ground, server, small)["peak_bytes"]
        server_small = server.peak_mb()
        pairs, peaks = [], []
        for number in range(rounds):
            pair = {}
            # Who goes first changes, so that neither always finds the other's dirty pages.
            for who in ("ours", "curl") if number % 2 else ("curl", "ours"):
                if who == "curl":
                    pair[who] = curl(server, large)
                else:
                    told = ours(ground, server, large)
                    pair[who], _ = told["seconds"], peaks.append(told["peak_bytes"])
                server.clear()
            pairs.append(pair)
        yield from rows(where, large.stat().st_size / 1e6, rounds, pairs)
        peak, before = max(peaks) / 2**20, peak_small / 2**20
        grown = max(peak - before, server.peak_mb() - server_small)
        what = f"most memory, client | server ({where}; in brackets for {SMALL_MB} MB)"
        own = f"{peak:.0f} ({before:.0f}) MB | {server.peak_mb():.0f} ({server_small:.0f}) MB"
        yield Row("P8", what, own, "", "", "constant", grown <= MEMORY_MB)
        yield command(ground, server, where, folder, large.stat().st_size)
    finally:
        server.stop()


def rows(where, megabytes, rounds, pairs):
    own, peer = g.p50([p["ours"] for p in pairs]), g.p50([p["curl"] for p in pairs])
    ratio = g.p50([p["curl"] / p["ours"] for p in pairs])
    what = f"upload of {megabytes:.0f} MB on loopback, {where} (p50 of {rounds})"
    yield Row("P8", what, f"{megabytes / own:.0f} MB/s", f"{megabytes / peer:.0f} MB/s curl", f"{ratio:.2f}", "≥ 0.8", ratio >= 0.8)


def video(file, megabytes):
    """Begins as Matroska does and goes on with bytes that do not repeat."""
    with file.open("wb") as out:
        out.write(HEAD + os.urandom(2**20 - len(HEAD)))
        for _ in range(megabytes - 1):
            out.write(os.urandom(2**20))
    return file


def ours(ground, server, file):
    return ground.measure("upload", server.url, server.token, file)[0]


def curl(server, file):
    """One PATCH with the whole file; seconds as curl counts them, without the start of its process."""
    auth = ["-H", f"Authorization: Bearer {server.token}", "-H", "Tus-Resumable: 1.0.0"]
    name = base64.b64encode(file.name.encode()).decode()
    common = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", *auth]
    create = ["-X", "POST", "-H", f"Upload-Length: {file.stat().st_size}", "-H", f"Upload-Metadata: filename {name}", "-D", "-"]
    head = g.run([*common, *create, "-w", "\nseconds: %{time_total}\n", server.url + TUS])
    fields = dict(line.lower().split(": ", 1) for line in head.splitlines() if ": " in line)
    patch = ["-X", "PATCH", "-T", file, "-H", "Upload-Offset: 0", "-H", "Expect:", "-w", "%{time_total}"]
    kind = ["-H", "Content-Type: application/offset+octet-stream"]
    return float(fields["seconds"]) + float(g.run([*common, *patch, *kind, server.url + fields["location"].strip()]))


def command(ground, server, where, folder, size):
    """The whole `onetake upload`, with its start and end: what a person at a shell waits for."""
    data = folder / "studio"
    answer = g.run_json([g.ONETAKE, "take", g.SCRIPT, "--seconds", "1", "--camera", "synthetic", "--microphone", "synthetic", "--data", data, "--json"])[0]
    with open(answer["media"], "ab") as media:
        while media.tell() < size:
            media.write(os.urandom(2**20))
    began = time.monotonic()
    g.run([g.ONETAKE, "upload", answer["take"], "--server", server.url, "--token", server.token, "--data", data, "--json"])
    took = time.monotonic() - began
    server.clear()
    began = time.monotonic()
    curl(server, g.Path(answer["media"]))
    theirs = time.monotonic() - began
    server.clear()
    return Row("P8", f"the whole command “onetake upload”, {where}", f"{took:.2f} s", f"{theirs:.2f} s curl, twice", f"{theirs / took:.2f}")
