"""The queue: a thousand jobs on an engine of our own on loopback beside the time that the engine itself needs at the permitted
parallelism, the memory while a large result comes, and what the queue costs the window's thread."""

import http.server
import json
import os
import struct
import subprocess
import threading
import time
import zlib

import ground as g
from ground import Row

PARALLEL = 50
JOB_SECS = 2.0
LARGE_MB = 2048
# Our own part of the whole time, at most.
MOST = 1.05
# A picture of sixty a second.
FRAME_US = 16_000


def measure(ground):
    yield from page(ground)
    jobs = 100 if ground.quick else 1000
    with Engine() as engine:
        data = folder(ground, "queue", engine.port)
        began = time.monotonic()
        run(data, ["--model", "pic", "--kind", "image", "--count", str(jobs), "--seed", "1"])
        took = time.monotonic() - began
        assert engine.charges == jobs, f"{engine.charges} charges for {jobs} jobs"
        # From the first order to the last result, as the engine saw it, can't be shorter than this.
        least = JOB_SECS * -(-jobs // PARALLEL)
        what = f"{jobs} jobs of {JOB_SECS:.0f} s, {PARALLEL} at a time, whole command"
        ratio = took / least
        yield Row("QUEUE", what, f"{took:.1f} s", f"{least:.1f} s the engine alone", f"{ratio:.3f}", f"≤ {MOST}", ratio <= MOST)
    with Engine() as engine:
        engine.large = (64 if ground.quick else LARGE_MB) << 20
        data = folder(ground, "queue-large", engine.port)
        peak = peak_memory(data)
        what = f"peak memory while a result of {engine.large >> 20} MB comes, is hashed and listed"
        yield Row("QUEUE", what, f"{peak:.0f} MB")


def page(ground):
    told = ground.measure("board", 4 if ground.quick else 30)[0]
    ratio = told["many_us"] / told["few_us"]
    what = f"queue's page, CPU a frame: {told['many']:,} jobs | {told['few']} (p50 of {told['blocks']} blocks of {told['frames']} scrolled frames)"
    yield Row("QUEUE", what, f"{told['many_us']:.0f} µs", f"{told['few_us']:.0f} µs", f"{ratio:.2f}", "≤ 1.1", ratio <= 1.1)
    what = f"{told['changes'] * 10:,} changes a second beside {told['many']:,} jobs: telling a tenth and drawing, p50 (worst of {told['told']})"
    worst = max(told["drawn_most_us"], told["listed_most_us"])
    yield Row("QUEUE", what, f"{told['drawn_us'] / 1e3:.1f} ms ({told['drawn_most_us'] / 1e3:.1f})", promise="≤ 16 ms", met=worst <= FRAME_US)
    yield Row("QUEUE", f"a whole new list of {told['many']:,} told, p50 (worst)", f"{told['listed_us'] / 1e3:.1f} ms ({told['listed_most_us'] / 1e3:.1f})")


class Engine:
    """Takes orders, says done two seconds later, hands out a picture of its own to each."""

    def __init__(self):
        self.lock, self.orders, self.charges, self.large = threading.Lock(), {}, 0, 0

    def __enter__(self):
        engine = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                with engine.lock:
                    engine.charges += 1
                    engine.orders[engine.charges] = time.monotonic()
                    number = engine.charges
                self.say(json.dumps({"id": str(number)}).encode(), "application/json")

            def do_GET(self):
                number = int(self.path.rsplit("/", 1)[1])
                if self.path.startswith("/files/"):
                    return self.film() if engine.large else self.say(picture(number), "image/png")
                done = time.monotonic() - engine.orders[number] >= JOB_SECS
                state = {"status": "done", "file": f"/files/{number}"} if done else {"status": "running"}
                self.say(json.dumps(state).encode(), "application/json")

            def film(self):
                """A small WAV header and much silence: whole by its own length."""
                size = engine.large
                self.head(size, "audio/wav")
                self.wfile.write(b"RIFF" + struct.pack("<I", size - 8) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48000, 192000, 4, 16) + b"data" + struct.pack("<I", size - 44))
                block, left = bytes(1 << 20), size - 44
                while left:
                    left -= self.wfile.write(block[: min(left, len(block))])

            def say(self, body, kind):
                self.head(len(body), kind)
                self.wfile.write(body)

            def head(self, length, kind):
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(length))
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 512

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def picture(number):
    """A PNG of 8×8 that no other number gets."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + struct.pack(">I", number)[1:] * 8 for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def folder(ground, name, port):
    data = ground.fresh(name) / "data"
    os.makedirs(data, exist_ok=True)
    with open(data / "engines.toml", "w") as file:
        file.write(
            f"[[engine]]\nname = 'fake'\nlabel = 'Fake'\nform = 'custom'\nbase = 'http://127.0.0.1:{port}'\nkey = 'none'\n"
            f"parallel = {PARALLEL}\npoll_secs = 0.05\n"
            "template.submit = {method = 'POST', path = '/jobs', id = '/id', body = {prompt = '{{prompt}}'}}\n"
            "template.look = {path = '/jobs/{{id}}', state = '/status', result = '/file'}\n"
            "[[engine.model]]\nname = 'pic'\nkind = 'image'\nseed = true\nprice = 'free'\n"
            "[[engine.model]]\nname = 'voice'\nkind = 'speech'\nprice = 'free'\n"
        )
    return data


def run(data, more):
    g.run([g.ONETAKE, "generate", "--engine", "fake", "--prompt", "a lamp in fog", *more, "--data", data, "--json"])


def peak_memory(data):
    command = [str(g.ONETAKE), "generate", "--engine", "fake", "--model", "voice", "--kind", "speech", "--prompt", "x", "--data", str(data), "--json"]
    process, peak = subprocess.Popen(command, stdout=subprocess.DEVNULL), 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status") as status:
                lines = dict(line.split(":", 1) for line in status if ":" in line)
            peak = max(peak, int(lines.get("VmHWM", "0 kB").split()[0]))
        except (OSError, ProcessLookupError):
            break
        time.sleep(0.05)
    process.wait()
    return peak / 1024
