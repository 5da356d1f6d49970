"""Uploads to S3 on loopback: `onetake storage upload` beside rclone or the AWS command line, in turns, against one moto server."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request

import ground as g
from ground import Row

LARGE_MB = 256


def measure(ground):
    moto = program("moto/bin/moto_server", "moto_server")
    peers = [peer for peer in (Rclone(), Aws()) if peer.there()]
    if not moto or not peers:
        missing = "moto" if not moto else "rclone and aws"
        yield g.not_measured("S3", "upload to S3 on loopback", f"{missing} not installed", "–")
        return
    port = free_port()
    server = subprocess.Popen([moto, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        urllib.request.urlopen(urllib.request.Request(f"{url}/films", method="PUT"))
        yield from rounds(ground, url, peers)
    finally:
        server.terminate()
        server.wait()


def rounds(ground, url, peers):
    folder = ground.fresh("objects")
    data, env = folder / "data", environment(url)
    take = recorded(data, (32 if ground.quick else LARGE_MB) << 20)
    size, times = os.path.getsize(take["media"]), {name: [] for name in ["ours", *(peer.name for peer in peers)]}
    for number in range(2 if ground.quick else 5):
        turns = ["ours", *peers] if number % 2 else [*peers, "ours"]
        for turn in turns:
            began = time.monotonic()
            if turn == "ours":
                g.run([g.ONETAKE, "storage", "upload", take["take"], "--data", data, "--json"], env=env)
                times["ours"].append(time.monotonic() - began)
            else:
                turn.copy(take["media"], url, env)
                times[turn.name].append(time.monotonic() - began)
    own = g.p50(times["ours"])
    for peer in peers:
        ratio = g.p50([theirs / ours for theirs, ours in zip(times[peer.name], times["ours"])])
        what = f"upload of {size / 1e6:.0f} MB to S3 (moto) on loopback, whole commands, compared at the end"
        theirs = f"{size / 1e6 / g.p50(times[peer.name]):.0f} MB/s {peer.name}"
        yield Row("S3", what, f"{size / 1e6 / own:.0f} MB/s", theirs, f"{ratio:.2f}")


class Rclone:
    name = "rclone"

    def there(self):
        return shutil.which("rclone") is not None

    def copy(self, media, url, env):
        remote = f":s3,provider=Other,env_auth=true,endpoint='{url}':films/rclone.mkv"
        g.run(["rclone", "copyto", "--ignore-times", "--s3-no-head", "--s3-no-check-bucket", media, remote], env={k: v for k, v in env.items() if k != "AWS_CA_BUNDLE"})


class Aws:
    name = "aws s3 cp"

    def there(self):
        return shutil.which("aws") is not None

    def copy(self, media, url, env):
        g.run(["aws", "--endpoint-url", url, "s3", "cp", "--only-show-errors", media, "s3://films/aws.mkv"], env=env)


def environment(url):
    named = {
        "VIDEO_STORAGE_PROVIDER": "s3",
        "AWS_S3_BUCKET": "films",
        "AWS_ACCESS_KEY_ID": "an-id",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "NO_PROXY": "127.0.0.1",
    }
    return {**os.environ, **named}


def recorded(data, size):
    """A take of a second, made as long as is wanted with bytes that do not repeat."""
    command = [g.ONETAKE, "take", g.SCRIPT, "--seconds", "1", "--camera", "synthetic", "--microphone", "synthetic"]
    take = g.run_json([*command, "--data", data, "--json"])[0]
    with open(take["media"], "ab") as media:
        while media.tell() < size:
            media.write(os.urandom(2**20))
    return take


def program(installed, name):
    own = g.ROOT / "target/peers" / installed
    return str(own) if own.exists() else shutil.which(name)


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def wait_for(url):
    for _ in range(200):
        try:
            return urllib.request.urlopen(url)
        except OSError:
            time.sleep(0.1)
    raise g.Failed("moto does not answer")
