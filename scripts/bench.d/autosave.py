"""What saving by itself costs the window's thread while one types."""

from ground import Row

FRAME_MS = 16


def measure(ground):
    keys = 20 if ground.quick else 100
    for words in (1_000, 100_000):
        told = ground.measure("autosave", ground.fresh(f"autosave-{words}"), words, keys)[0]
        saved, key, behind = told["autosave_ms"], told["key_ms"], told["behind_ms"]
        what = f"handing a script of {words:,} words over to be saved or kept, window's thread (worst of {2 * keys}; p50 {saved['p50']:.2f} ms)"
        peer = f"a key alone: p50 {key['p50']:.1f}, worst {key['max']:.1f} ms"
        yield Row("", what, f"{saved['max']:.2f} ms", peer, "", f"≤ {FRAME_MS} ms", saved["max"] <= FRAME_MS)
        yield Row("", f"… until it is a row in the library, in the background (p50 of {keys})", f"{behind['p50']:.0f} ms")
