"""Picture 04, what stays: a line of handwriting leaves the notebook and becomes a road.

Snowy hills from far to near, and the nearest are the notebook's own pages. The written line has no
letters, only the gait of a hand; it settles into a straight line, turns, climbs the hill as the
road, and the bus is on it. Road pieces are drawn hill by hill, each cut to its hill, so that they
vanish behind the crests.
"""

import math

import numpy as np

from .fields import H, W, XX, YY, blur, noise, shifted, wave
from .light import Light, down, ramp, rgb
from .outdoors import pines, ridge, small_bus
from .paper import Sheet
from .shapes import bezier, box, disc, mask, moved, poly, ribbon, spline, stroke


def what_stays(path):
    gx, gy = 1330, 452
    sky = down((0, "#4a558f"), (150, "#6d6fae"), (290, "#a08cc0"), (390, "#d8a3bb"), (460, "#f7bfa8"), (520, "#ffdcae"))
    s = Sheet(sky, shade="#1a1840", seed=53, toward=(0.35, -0.94))
    s.glow(gx, gy, 520, "#ffc690", 0.30)
    s.glow(gx, gy + 20, 170, "#ffd9a0", 0.22)
    sun = mask(disc(gx, gy + 30, 62))
    s.lay(sun, rgb("#fff0c8") * 1.6, 0, tooth=0)
    # long thin clouds
    for cx, cy, w, h, c in ((420, 190, 520, 24, "#8d80b8"), (900, 130, 420, 18, "#8178b4"), (1560, 210, 560, 26, "#b893bf"), (180, 300, 420, 20, "#b394c0"), (1050, 290, 380, 16, "#d0a2bd"), (700, 370, 480, 16, "#e0aab8"), (1700, 350, 360, 15, "#efb5b0")):
        t = np.linspace(0, 1, 80)
        up = cy - h * np.sin(math.pi * t) ** 0.7 * (0.7 + 0.3 * np.sin(t * 17 + cx))
        dn = cy + h * 0.45 * np.sin(math.pi * t) ** 0.8
        x = cx - w / 2 + w * t
        s.lay([poly(np.vstack([np.stack([x, up], 1), np.stack([x, dn], 1)[::-1]]))], c, 0.25, 12, rim=0.25, rimcolour="#ffd6b8", rimwidth=2, toward=(0.2, 0.98))

    ink = "#1e2048"
    # hills of snow, far to near: y, amp, seed, cell, lit colour, shaded colour, road width, where the road comes over the crest
    hills = [
        (506, 30, 8, 420, "#e9b3b8", "#c39cc2", 2.4, 1290, None),
        (548, 26, 15, 380, "#dfb2c6", "#a894c6", 4.5, 1090, lambda x: -14 * np.exp(-(((x - 700) / 260) ** 2))),
        (602, 30, 25, 460, "#d5b4d2", "#9590c6", 8.0, 1400, lambda x: 22 * np.cos((x - 1500) / 330)),
        (676, 22, 37, 520, "#cfb8dc", "#8b8cc6", 12.0, 930, lambda x: 26 * np.cos((x - 760) / 420)),
        (764, 10, 46, 560, "#d2c0e2", "#8f92cc", 16.0, 1330, lambda x: -30 * np.exp(-(((x - 1350) / 380) ** 2)) + 26 * np.exp(-(((x - 500) / 300) ** 2))),
    ]
    built = [(ridge(y, amp, seed, cell, 3, bend)) for y, amp, seed, cell, _, _, _, _, bend in hills]
    forest = [
        ([120, 150, 176, 540, 566, 1690, 1720, 1752, 1776], [34, 46, 30, 36, 44, 40, 52, 36, 44], "#a07aa8"),
        ([260, 290, 322, 352, 1500, 1536, 1570, 1880], [54, 74, 60, 46, 58, 78, 52, 66], "#7d6ba6"),
        ([60, 96, 140, 700, 742, 1730, 1776, 1820, 1866], [76, 104, 84, 70, 92, 88, 120, 96, 76], "#5e5a9a"),
        ([300, 356, 420, 1240, 1290, 1640], [110, 150, 118, 84, 116, 96], "#4a4c8c"),
        ([70, 150, 1790, 1868], [170, 220, 190, 150], "#34386f"),
    ]
    # the last stretch of road starts on the page
    gut = 960

    def page_edge(x, lift=0.0):
        x = np.asarray(x, float)
        u = np.abs(x - gut) / 960
        return 905 - lift - 128 * np.sin(np.clip(u * 1.05, 0, 1.2) * math.pi * 0.62) ** 0.85 + 40 * np.clip(u - 0.62, 0, 1) ** 1.5 * 2

    for i, ((y, amp, seed, cell, lit, dark, rw, rx, _), (shape, e)) in enumerate(zip(hills, built)):
        m = hill_mask = mask(*shape)
        below = np.clip((YY - e(XX[0])[None, :]) / (70 + 26 * i), 0, 1)
        slope = np.gradient(e(np.arange(W)))
        face = np.clip(0.5 - 2.2 * blur(np.tile(-slope, (8, 1)).astype(np.float32), 9)[0] * -1, 0, 1)[None, :]
        t = np.clip(below * 0.85 + 0.30 * (1 - face), 0, 1)
        fill = ramp(t, (0, lit), (1, dark)) + rgb("#ffb98a") * (0.20 * np.exp(-(((XX - gx) / (330 + 60 * i)) ** 2)) * (1 - below) ** 2)[..., None]
        drift = np.clip(noise(60 + i, 110, 3.0, 0.35), 0, 2) * 0.05
        s.lay(m, fill * (1 + drift)[..., None], 0.5, 16 + 2 * i, rim=0.45, rimcolour="#ffe6d0", rimwidth=2, tooth=0.03)
        # the road down this hill, to the crest of the next one
        if i + 1 < len(hills):
            nx = hills[i + 1][7]
            ny, y0 = float(built[i + 1][1](nx)), float(e(rx))
            dx, dy = nx - rx, ny + 16 - y0
            road = bezier((rx - dx * 0.04, y0 - 3), (rx - dx * 0.16, y0 + dy * 0.55), (nx + dx * 0.10, ny - dy * 0.42), (nx, ny + 20), 60)
            s.lay([poly(ribbon(road, [rw * 0.8, rw * 1.05, rw * 1.35]))], rgb(ink) + rgb(dark) * 0.22 * (4 - i) / 4, 0, clip=m, tooth=0.02)
        xs, hs, c = forest[i]
        trees = pines(e, xs, hs, 40 * i)
        tm = s.lay(trees, c, 0.4, 5 + i, rim=0.45, rimcolour="#ffd9c4", rimwidth=1.5)
        snowcap = np.clip(tm - shifted(tm, 0, 3 + 1.6 * i), 0, 1)
        s.veil(snowcap * 0.75, "#f3dfe8")
        s.veil(np.exp(-(((YY - y - 62 - 10 * i) / (26 + 4 * i)) ** 2)) * 0.20 * (1 - i / 6), "#f3c4c4")
    # ---- the notebook: its pages are the nearest hills
    x = np.arange(-40, W + 41, 4)
    for j in range(5):
        off = (4 - j) * 9
        up = page_edge(x, 0) - off * (0.25 + 0.75 * np.clip(np.abs(x - gut) / 500, 0, 1))
        up = up + 1.6 * wave(x, 800 + j, 300, 2)
        m = mask(poly(np.vstack([np.stack([x, up], 1), [(W + 40, H + 40), (-40, H + 40)]])))
        u = np.abs(XX - gut) / 960
        depth = np.clip((YY - page_edge(XX[0])[None, :]) / 260, 0, 1)
        left = (XX < gut)
        gutter = np.exp(-((u / 0.115) ** 1.3))
        tone = 1.0 - 0.50 * gutter - 0.10 * left * (1 - u) - 0.10 * depth
        c = ramp(np.clip(depth * 0.6 + 0.5 * gutter, 0, 1), (0, "#ffead8"), (0.5, "#f8dcd8"), (1, "#cdb4d2"))
        if j < 4:
            tone = tone * (0.80 + 0.035 * j)
        s.lay(m, c * tone[..., None], 0.5 if j == 0 else 0.35, 22 if j == 0 else 4, rim=0.30 if j == 4 else 0.16, rimcolour="#fff4e6", rimwidth=2, tooth=0.025)
    page = m
    # ruled lines, in the page's own perspective
    rules = []

    def on_page(x, f):
        """f = 0 at the far edge of the page, 1 near us."""
        return page_edge(x) * (1 - f) + (page_edge(x) * 0.42 + 690) * f

    for f in (0.14, 0.29, 0.45, 0.62, 0.80, 0.98):
        for lo, hi in ((-40, gut - 46), (gut + 46, W + 40)):
            q = np.linspace(lo, hi, 60)
            rules.append(stroke(np.stack([q, on_page(q, f)], 1), 1.2 + f))
    s.img *= (1 - (0.20 * mask(*rules) * page)[..., None] * (1 - rgb("#9a86c8")))
    # the line: it begins as handwriting (no letters, only its gait), and leaves the page as a road
    rng = np.random.default_rng(29)
    gait = [(16, 13, 6.5), (19, 12, 1.5), (17, 27, 8.5), (16, 11, 1.0), (22, 14, 4.5), (24, 7, 1.5), (17, 15, 7.0)]
    pts, lx = [], 322.0
    while lx < 800:
        w, h, a = gait[rng.integers(0, len(gait))]
        calm = np.clip((815 - lx) / 130, 0.25, 1)  # it settles into a line
        k = rng.uniform(0.9, 1.15) / (0.5 + 0.5 * calm)
        q = np.linspace(0, 1, 28, endpoint=False)
        up = h * calm * 0.5 * (1 - np.cos(2 * math.pi * q))
        pts.append(np.stack([lx + w * k * q + a * calm * np.sin(2 * math.pi * q) + 0.28 * up, up], 1))
        lx += w * k
    pts = np.vstack(pts)
    hand = np.stack([pts[:, 0], on_page(pts[:, 0], 0.45) - pts[:, 1]], 1)
    crest = float(built[4][1](1330))
    tail = [(x, float(on_page(x, 0.45))) for x in np.linspace(lx + 4, 1240, 60)]
    turn = spline([tail[-1], (1330, float(on_page(1330, 0.45)) - 4), (1404, 872), (1436, 838), (1408, 810), (1300, 803), (1180, 820), (1060, 832), (1002, 816), (1030, 795), (1120, 783), (1230, 770), (1330, crest - 2)], 16)
    line = np.vstack([hand, tail[:-1], turn])
    circle = np.stack([np.cos(np.linspace(0, 2 * math.pi, 18)), np.sin(np.linspace(0, 2 * math.pi, 18))], 1)
    run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    fine = np.arange(0, run[-1], 1.3)
    fx, fy = np.interp(fine, run, line[:, 0]), np.interp(fine, run, line[:, 1])
    fall = np.clip(np.append(fy[3:], [fy[-1]] * 3) - fy, -2, 4)
    start = run[len(hand)]
    road = np.clip((fine - start - 380) / 460, 0, 1)
    far = np.clip((fine - run[-1] + 330) / 330, 0, 1)
    w = (4.6 + 0.5 * fall * (fine < start)) * (1 - road) + 21 * road * (1 - 0.24 * far)
    m_line = [("poly", circle * [a / 2, a / 2 * (1 - 0.36 * r)] + [X, Y], 255) for X, Y, a, r in zip(fx, fy, w, road)]
    s.lay(m_line, ink, 0.25, 4, clip=np.maximum(hill_mask, page), rim=0.10, rimcolour="#ffd0b0", rimwidth=1, tooth=0.02)
    # the bus, on its way up
    bx, by = 1150, 784
    s.glow(bx, by - 40, 230, "#ffb46a", 0.26)
    small_bus(s, bx, by, 1.42, body="#b23a30", roof="#efe0c4", glass="#ffd48a", lamp=1.9, tilt=-0.11, beam=0.6, facing=1, shadow=0.6)
    # the pen that wrote it
    nib = line[0]
    put = lambda *p: moved(p, nib[0], nib[1], 1.0, rot=math.radians(158))
    lamp = Light("#b9aac8", (gx, 300, "#ffd2a8", 0.5, 900))
    sh = blur(mask(*moved([poly([(0, 0), (60, -10), (520, -30), (520, 30), (60, 14)])], nib[0] + 4, nib[1] + 26, 1.0, rot=math.radians(163))), 9) * page
    s.dim(sh * 0.55)
    s.lay(put(poly(np.vstack([bezier((0, 0), (30, -5), (56, -15), (84, -17), 14), bezier((84, 17), (56, 15), (30, 5), (0, 0), 14)]))), lamp.on("#d8a860"), 0.4, 5, rim=0.4, rimcolour="#fff0d0", rimwidth=2)
    s.lay(put(stroke([(6, 0), (54, 0)], 1.6), disc(56, 0, 4)), "#3a2a34", 0)
    barrel = mask(*put(poly(np.vstack([bezier((76, -19), (110, -24), (150, -27), (190, -28), 12), [(620, -34), (620, 34)], bezier((190, 28), (150, 27), (110, 24), (76, 19), 12)]))))
    c, q2 = math.cos(math.radians(158)), math.sin(math.radians(158))
    v = (-(XX - nib[0]) * q2 + (YY - nib[1]) * c) / 30
    s.lay(barrel, lamp.on("#2a2d63") * (0.9 + 1.5 * np.exp(-(((v - 0.45) / 0.22) ** 2)) + 0.3 * np.clip(v, -1, 1))[..., None], 0.4, 8, rim=0.4, rimcolour="#ffdcc8", rimwidth=2)
    s.lay(put(box(186, -30, 202, 30, 2)), lamp.on("#d8a860"), 0.3, 3, rim=0.4, rimcolour="#fff0d0", rimwidth=2)
    # snow in the air
    rng = np.random.default_rng(17)
    for n, r0, r1, b, p in ((420, 0.8, 1.8, 0, 0.55), (150, 1.8, 3.2, 1.0, 0.55), (46, 4, 8, 3.5, 0.40), (12, 10, 18, 8, 0.28)):
        fl = [disc(rng.uniform(-10, W + 10), rng.uniform(-10, H), rng.uniform(r0, r1)) for _ in range(n)]
        f = mask(*fl)
        s.veil((blur(f, b) if b else f) * p, "#fff4ee")
    return s.finish(path, bloom=0.16, vignette=0.26, centre=(0.55, 0.5))
