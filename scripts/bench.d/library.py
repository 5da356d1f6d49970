"""P10: searching a library of 100,000 assets; the peer is SQLite itself looking through the rows of the same file with LIKE."""

import sqlite3
import time

import grid
import ground as g
from ground import Row, not_measured

PROMISE_MS = 20


def measure(ground):
    count, rounds = (10_000, 5) if ground.quick else (100_000, 30)
    folder = ground.fresh("library")
    told = ground.measure("library", folder, count, rounds)
    once = {row["what"]: row for row in told if "p50_ms" not in row}
    database = folder / "library.db"
    for row in (row for row in told if "p50_ms" in row):
        peer = like(database, row["words"], 3) if row["plain"] and row["words"] else None
        peer_text = f"{peer:.0f} ms LIKE over name and description" if peer else ""
        ratio = f"{row['p50_ms'] / peer:.2f}" if peer else ""
        what = f"search of {count:,} assets: {row['what']} ({row['found']:,} found; p50 of {rounds}; worst)"
        ours = f"{row['p50_ms']:.1f} ms; {row['worst_ms']:.1f}"
        yield Row("P10", what, ours, peer_text, ratio, f"≤ {PROMISE_MS} ms", row["p50_ms"] <= PROMISE_MS)
    yield Row("P10", f"reading the {once['rows']['rows']} rows of a screen", f"{once['rows']['ms']:.1f} ms")
    yield Row("P10", "all tags with their counts", f"{once['tags']['ms']:.1f} ms")
    yield Row("P10", f"opening that library ({database.stat().st_size / 1e6:.0f} MB)", f"{once['open']['ms']:.0f} ms")
    yield Row("P10", f"entering {count:,} assets, searchable", f"{once['fill']['seconds']:.1f} s, {count / once['fill']['seconds']:,.0f} a second")
    yield from grid.measure(ground)
    yield from importing(ground)


def like(database, words, rounds):
    """The same words as parts of name or description, newest first; milliseconds, p50."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    parts = words.split()
    having = " AND ".join("(name LIKE ? OR description LIKE ?)" for _ in parts)
    values = [f"%{part}%" for part in parts for _ in range(2)]
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        query = f"SELECT seq FROM assets WHERE binned_at IS NULL AND {having} ORDER BY created_at DESC, seq DESC"
        connection.execute(query, values).fetchall()
        took.append((time.perf_counter() - began) * 1000)
    connection.close()
    return g.p50(took)


def importing(ground):
    """`onetake library import` of small films beside `cp -r` and a sync of them."""
    count = 50 if ground.quick else 1_000
    folder = ground.fresh("library-import")
    try:
        films(ground, folder / "films", count)
        command = [g.ONETAKE, "library", "import", folder / "films", "--data", folder / "data", "--json"]
        began = time.monotonic()
        last = g.run_json(command)[-1]
        took = time.monotonic() - began
        if last.get("added") != count:
            raise g.Failed(f"only {last.get('added')} of them came in")
    except g.Failed as error:
        yield not_measured("P10", f"import of {count:,} files", str(error))
        return
    began = time.monotonic()
    g.run(["cp", "-r", folder / "films", folder / "copied"])
    g.run(["sync", "-f", folder / "copied"])
    peer = time.monotonic() - began
    what = f"import of {count:,} films of a second, each examined, hashed, copied and synced"
    yield Row("P10", what, f"{took:.1f} s, {count / took:.0f} a second", f"{peer:.1f} s cp and sync", f"{took / peer:.1f}")


def films(ground, folder, count):
    """One film of a second, and copies that differ by some bytes behind its end, which Matroska passes over."""
    folder.mkdir()
    first = folder / "0.mkv"
    g.run(["gst-launch-1.0", "-q", "videotestsrc", "num-buffers=25", "!", "video/x-raw,width=320,height=180,framerate=25/1", "!",
           "x264enc", "speed-preset=ultrafast", "!", "h264parse", "!", "matroskamux", "!", "filesink", f"location={first}"])
    film = first.read_bytes()
    for number in range(1, count):
        # An element that readers skip (EBML Void, four bytes) with the number in it.
        (folder / f"{number}.mkv").write_bytes(film + b"\xec\x84" + number.to_bytes(4, "big"))
