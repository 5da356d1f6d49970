"""Picture 03, eight minutes: a writer at a desk on a hill, an hourglass beside the page.

The sky is rings of paper around the low sun, lit from the middle: each throws its shadow outward,
which `Sheet.lay` (light from one side) cannot do, so the rings bring their own. The near hill, the
desk and the writer are one dark ink and read by their bright edges alone; the bus crosses a hill
far behind.
"""

import math

import numpy as np

from .fields import XX, YY, blur, wave
from .light import ramp, rgb
from .outdoors import pines, ridge, small_bus
from .paper import Sheet
from .shapes import bezier, box, disc, mask, moved, poly, spline, stroke


def eight_minutes(path):
    sx, sy = 1210, 600
    rings = ["#ffe3ae", "#ffcb8a", "#ffb06c", "#f8915c", "#e66f59", "#c85160", "#a3446a", "#713667", "#43265a"]
    s = Sheet(rgb(rings[8]), shade="#2a0c2c", seed=31)
    a = np.linspace(0, 2 * math.pi, 720, endpoint=False)
    radii = [150, 262, 384, 518, 664, 822, 992, 1176]
    for i in reversed(range(8)):
        r = radii[i]
        # hand-cut: each ring wanders a little from its circle
        rr = r * (1 + 0.012 * wave(a * 10, 300 + i, 9, 2) * np.sin(a / 2) ** 0.5)
        ring = [poly(np.stack([sx + rr * np.cos(a), sy + rr * np.sin(a)], 1))]
        d = np.hypot(XX - sx, YY - sy)
        inner = radii[i - 1] if i else 0
        t = np.clip((d - inner) / (r - inner), 0, 1)
        fill = ramp(t * 0.5, (0, rings[i]), (1, rings[i + 1])) * (1.12 - 0.10 * t)[..., None]
        # a sheet that is lit from the middle throws its shadow outward
        m = mask(*ring)
        wide = blur(m, 26)
        sh = np.clip((0.60 * wide + 0.34 * blur(m, 5)), 0, 1) * (1 - m)
        s.dim(sh * (0.62 + 0.04 * i), "#7a2a34" if i < 4 else None)
        s.lay(m, fill, 0, tooth=0.03)
        rim = np.clip(m - mask(poly(np.stack([sx + (rr - 2.2) * np.cos(a), sy + (rr - 2.2) * np.sin(a)], 1))), 0, 1)
        s.add(rim, rings[max(0, i - 1)], 0.30)
    sun = mask(disc(sx, sy, 84))
    s.add(blur(sun, 40), "#ffd98a", 0.55)
    s.lay(sun, ramp(np.hypot(XX - sx, YY - sy) / 84, (0, "#fff6dc"), (0.7, "#fff0cb"), (1, "#ffe2a6")) * 1.25, 0, tooth=0.01)
    # birds, far
    def bird(x, y, k, r):
        return moved([poly(np.vstack([bezier((0, 0), (6, -9), (14, -12), (24, -8)), bezier((24, -8), (15, -8), (7, -4), (0, 4)),
                                      bezier((0, 4), (-7, -4), (-15, -9), (-25, -10)), bezier((-25, -10), (-14, -13), (-6, -9), (0, 0))]))], x, y, k, rot=r)
    flock = [(742, 250, 1.0, -.1), (800, 222, .8, .05), (838, 262, .7, -.05), (690, 300, .7, .1), (888, 214, .55, 0)]
    s.lay([bird(*b) for b in flock], "#5a2a4e", 0.25, 6)

    # hills, far to near, mist between
    def hill(y, amp, seed, cell, colour, near, bend=None, rim=0.5, octaves=3):
        shape, edge = ridge(y, amp, seed, cell, octaves, bend)
        m = mask(*shape)
        d = np.abs(XX - sx) / 900
        warm = np.exp(-(d**2) * 1.6)
        below = np.clip((YY - edge(XX[0])[None, :]) / 210, 0, 1)
        base = rgb(colour)
        fill = base * (0.85 + 0.9 * (1 - near) * warm)[..., None] * (1.15 - 0.45 * below)[..., None]
        fill = fill + rgb("#ff9a5c") * (warm * 0.12 * (1 - below))[..., None]
        s.lay(m, fill, 0.55, 20, rim=rim, rimcolour=rgb("#ffc184") * 1.0, rimwidth=2)
        return m, edge, warm

    _, e1, _ = hill(660, 46, 41, 520, "#b65f6a", 0.0)
    s.veil(np.exp(-(((YY - 760) / 60) ** 2)) * 0.35, "#f4a877")
    m2, e2, _ = hill(722, 50, 52, 460, "#8a4566", 0.25)
    s.lay(pines(e2, [60, 92, 118, 300, 322, 1500, 1524, 1556, 1602, 1640, 1788, 1822, 1850], [44, 58, 40, 36, 46, 38, 52, 44, 34, 48, 40, 54, 46], 70),
          "#7b3c60", 0.3, 6)
    s.veil(np.exp(-(((YY - 830) / 60) ** 2)) * 0.30, "#dd8770")
    _, e3, _ = hill(800, 44, 63, 560, "#5d3159", 0.5, lambda x: 26 * np.sin((x - 300) / 420))
    # the road and the bus on it
    small_bus(s, 1475, float(e3(1475)) + 3, 0.62, body="#7d2b3a", lamp=2.0, tilt=math.atan2(float(e3(1500) - e3(1450)), 50), beam=0.25)
    s.veil(np.exp(-(((YY - 915) / 62) ** 2)) * 0.26, "#b9627a")

    # the leaning tree
    ink = "#1d1230"
    tree = []
    trunk = spline([(120, 1060), (168, 860), (190, 720), (226, 600), (286, 500), (372, 420)])
    tree += [stroke(trunk, [130, 62, 50, 42, 32, 18])]
    arms = [([(226, 600), (180, 520), (120, 440), (40, 390)], [30, 5]),
            ([(262, 535), (270, 440), (250, 340), (262, 250)], [26, 4]),
            ([(330, 455), (430, 420), (540, 410), (640, 436)], [22, 4]),
            ([(372, 420), (440, 350), (520, 300), (600, 290)], [18, 3]),
            ([(205, 660), (120, 620), (60, 612), (-20, 640)], [24, 4]),
            ([(286, 500), (330, 400), (400, 310), (420, 230)], [20, 3])]
    for p, w in arms:
        tree.append(stroke(spline(p), w))

    def crown(blobs, seed, size):
        """A canopy cut from one sheet: joined blobs with a fringe of leaves."""
        rng = np.random.default_rng(seed)
        leaf = np.vstack([bezier((-0.3, 0), (0.2, -0.55), (0.9, -0.45), (1.5, 0), 8), bezier((1.5, 0), (0.9, 0.45), (0.2, 0.55), (-0.3, 0), 8)])
        out = []
        for cx, cy, rx, ry in blobs:
            q = np.linspace(0, 2 * math.pi, 200, endpoint=False)
            w = 1 + 0.07 * np.sin(q * 5 + rng.uniform(0, 6)) + 0.04 * np.sin(q * 9 + rng.uniform(0, 6))
            x, y = cx + rx * w * np.cos(q), cy + ry * w * np.sin(q)
            out.append(poly(np.stack([x, y], 1)))
            run = np.cumsum(np.hypot(np.gradient(x), np.gradient(y)))
            for d in np.arange(0, run[-1], size * 0.55):
                i = int(np.searchsorted(run, d)) % 200
                turn = math.atan2(y[i] - cy, x[i] - cx) * 0.8 + math.pi * 0.1
                inward = rng.uniform(-0.5, 0.25) * size
                u = math.atan2(y[i] - cy, x[i] - cx)
                out.append(moved([poly(leaf)], x[i] + inward * math.cos(u), y[i] + inward * math.sin(u),
                                 size * rng.uniform(0.7, 1.15), rot=turn + rng.uniform(-0.55, 0.55)))
        return out

    def loose(spots, seed):
        rng = np.random.default_rng(seed)
        leaf = np.vstack([bezier((0, 0), (0.5, -0.6), (1.4, -0.5), (2, 0), 8), bezier((2, 0), (1.4, 0.5), (0.5, 0.6), (0, 0), 8)])
        out = []
        for cx, cy, rx, ry, n in spots:
            for _ in range(n):
                q, r = rng.uniform(0, 2 * math.pi), math.sqrt(rng.uniform(0, 1))
                out.append(moved([poly(leaf)], cx + rx * r * math.cos(q), cy + ry * r * math.sin(q), rng.uniform(7, 13), rot=rng.uniform(0, 6.3)))
        return out

    side = (0.8, 0.5)
    # sheets of leaves, far to near, branches between
    s.lay(crown([(60, 330, 170, 110), (250, 250, 190, 120), (440, 240, 170, 92), (590, 300, 110, 56), (60, 100, 240, 140), (640, 425, 92, 36), (20, 600, 100, 40)], 500, 26),
          "#6a3166", 0.6, 16, rim=0.35, rimcolour="#ff9a70", rimwidth=1.5, toward=side)
    s.lay(tree, ink, 0.5, 14, rim=0.7, rimcolour="#ff9f6a", rimwidth=3, toward=(0.95, -0.1))
    s.lay(crown([(30, 250, 180, 120), (200, 150, 220, 110), (390, 150, 170, 86), (545, 232, 110, 48), (575, 412, 60, 24), (60, 30, 240, 110)], 520, 24),
          "#452254", 0.65, 18, rim=0.45, rimcolour="#ff9a70", rimwidth=1.5, toward=side)
    s.lay(crown([(20, 120, 170, 110), (190, 50, 220, 90), (390, 40, 130, 60)], 540, 24), "#291640", 0.65, 18, rim=0.45, rimcolour="#ff9a70", rimwidth=1.5, toward=side)
    s.lay(loose([(690, 520, 110, 60, 9), (800, 640, 160, 80, 6), (560, 540, 60, 60, 4)], 9), "#4a2457", 0.3, 8)

    # the near hill: desk, writer, leaning tree
    shape, e4 = ridge(900, lambda x: 16 * np.clip(np.abs(x - 670) / 220 - 0.9, 0, 1), 87, 500, 3, lambda x: 120 * np.clip((x - 820) / 1000, 0, 1) ** 1.3 + 40 * np.clip((380 - x) / 400, 0, 1) ** 2)
    m4 = mask(*shape)
    lit = np.exp(-(((XX - 900) / 700) ** 2)) * np.clip(1 - (YY - e4(XX[0])[None, :]) / 120, 0, 1)
    s.lay(m4, rgb(ink) * 1.0 + rgb("#a8406a") * (0.10 * lit)[..., None], 0.6, 22, rim=0.55, rimcolour="#ff9f6a", rimwidth=2)
    grass = []
    rng = np.random.default_rng(4)
    for x in np.sort(rng.uniform(-20, 1960, 420)):
        y, h = float(e4(x)) + 4, rng.uniform(6, 19)
        b = rng.uniform(-6, 10)
        grass.append(poly([(x - 1.6, y), (x + 1.6, y), (x + b, y - h)]))
    s.lay(grass, ink, 0, rim=0.25, rimcolour="#ff9f6a", rimwidth=1, toward=(0.8, -0.6))

    # desk, chair, writer
    gx, gy = 640, float(e4(640)) + 3
    put = lambda *p: moved(p, gx, gy, 1.6)
    desk = put(box(-8, -62, 104, -55, 2), poly([(2, -56), (8, -56), (4, 2), (0, 2)]), poly([(90, -56), (96, -56), (99, 4), (95, 4)]), box(60, -55, 92, -42, 1))
    chair = put(poly([(-64, -36), (-18, -36), (-18, -32), (-64, -32)]), poly([(-60, -34), (-55, -34), (-60, 2), (-64, 2)]), poly([(-26, -34), (-21, -34), (-19, 3), (-23, 3)]),
                stroke(spline([(-61, -34), (-65, -58), (-71, -84)]), [5, 4]), stroke([(-66, -62), (-62, -62)], 3))
    body = put(poly(np.vstack([spline([(-60, -34), (-61, -60), (-52, -86), (-38, -98), (-24, -96), (-14, -84), (-16, -64), (-22, -46), (-18, -34)], 10)])),
               stroke(spline([(-44, -34), (-24, -38), (-2, -37)]), [22, 17, 14]),
               stroke(spline([(-4, -38), (0, -20), (-2, 0)]), [13, 9, 8]), stroke([(-4, 0), (10, 1)], 7),
               stroke(spline([(-32, -86), (-16, -70), (4, -66)]), [15, 11, 8]), stroke(spline([(4, -66), (18, -68), (30, -67)]), [8, 6, 6]),
               stroke([(-30, -94), (-20, -108)], 11),
               moved([poly(spline([(-15, 0), (-13, -10), (-5, -16.5), (5, -16), (12, -10), (13.5, -4), (18.5, 2.5), (14.5, 4.5), (15.2, 8),
                                   (12.5, 13), (6, 14.5), (0, 13), (-9, 12)], 8, True)), disc(-16, -10, 8)], -15, -116, 0.98, rot=0.22))
    pen = put(stroke([(30, -65), (38, -82)], 2.4))
    page = put(poly([(20, -65), (62, -66), (62, -62), (20, -62)]))
    glass = put(box(73, -90, 87, -87, 1), box(73, -65, 87, -61, 1),
                poly(np.vstack([bezier((75, -88), (75, -79), (79, -78), (79, -76), 10), bezier((79, -76), (79, -74), (75, -73), (75, -64), 10),
                                bezier((85, -64), (85, -73), (81, -74), (81, -76), 10), bezier((81, -76), (81, -78), (85, -79), (85, -88), 10)])))
    for m, w in ((chair, 1.5), (body, 2.5), (desk, 2), (glass, 1.5)):
        s.lay(m, ink, 0, rim=0.95, rimcolour="#ffb27c", rimwidth=w, toward=(0.85, -0.5))
    s.lay(page, rgb("#ffe2b8") * 1.1, 0, tooth=0)
    s.lay(pen, "#ffdca8", 0, tooth=0)
    # nearest: stems at the corner
    stems = []
    rng = np.random.default_rng(12)
    for x in np.concatenate([rng.uniform(1560, 1960, 15), rng.uniform(-30, 250, 8)]):
        far = min(1, abs(x - 950) / 900)
        h, lean = rng.uniform(90, 240) * far**1.5 + 30, rng.uniform(-0.05, 0.28)
        stem = bezier((x, 1100), (x, 1090 - h * 0.5), (x - lean * h * 0.4, 1085 - h * 0.8), (x - lean * h, 1085 - h))
        stems.append(stroke(stem, [5, 3, 1.5]))
        kind = rng.integers(0, 3)
        for j in range(6, 38, 5 if kind else 6):
            px, py = stem[j]
            for sgn in (-1, 1):
                k = (12 if kind else 18) * (1.15 - j / 50)
                stems.append(moved([disc(1.1, 0, 1.1, 0.42)], px, py, k, rot=-math.pi / 2 + sgn * (0.85 if kind else 0.6)))
        stems.append(disc(stem[-1][0], stem[-1][1], 4, 6))
    s.lay(stems, "#150b24", 0.5, 16, rim=0.14, rimcolour="#ff8f66", rimwidth=1.5, toward=(-0.5, -0.85))
    # light over everything
    s.glow(sx, sy, 520, "#ffb066", 0.10)
    return s.finish(path, bloom=0.16, vignette=0.30, centre=(0.56, 0.5))
