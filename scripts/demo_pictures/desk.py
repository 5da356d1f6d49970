"""The things on the desk: notebook, pen, cup and its steam, lantern, books, plant.

They stand in the first and the last picture alike. Each is drawn around its own origin, put at
(x, y) and k times its size, under the light it is given. So a picture only says where a thing
stands and what is different by then: the lantern burning or out, the plant leaning, another cover.
"""

import math

import numpy as np

from .fields import H, W, XX, YY, blur, shifted
from .light import ramp, rgb
from .shapes import bezier, box, disc, mask, moved, poly, spline, stroke


def notebook(s, light, x, y, k, paper_c="#f6ead2", cover="#8d3a32", clip=None, ribbon_c="#c9483a"):
    """An open notebook lying on the desk, its near edge toward us."""
    put = lambda *p: moved(p, x, y, k)
    s.lay(put(poly([(-232, 10), (232, 10), (190, -112), (-190, -112)])), light.on(cover), 0.75, 12, rim=0.3, rimcolour="#ffc690", rimwidth=1.5)

    def page(side, lift):
        sx = side
        near = bezier((0, 2 - lift * 0.3), (sx * 60, -14 - lift), (sx * 150, -8 - lift), (sx * 222, 4 - lift * 0.4), 30)
        far = bezier((sx * 184, -110 - lift * 0.4), (sx * 120, -121 - lift), (sx * 50, -124 - lift), (0, -110 - lift * 0.3), 30)
        return poly(np.vstack([near, far]))

    for side in (-1, 1):
        for i in range(3):
            m = mask(*put(page(side, i * 4)))
            u = np.clip((XX - x) / (220 * k) * side, 0, 1)
            shade = 0.62 + 0.42 * np.clip(u * 4.2, 0, 1) ** 0.6 - 0.10 * u
            tone = 0.86 + 0.07 * i
            s.lay(m, light.on(paper_c) * (shade * tone)[..., None], 0.30, 3, rim=0.10, rimcolour="#fff0d0", rimwidth=1, tooth=0.02)
    lines = []
    for side in (-1, 1):
        for j in range(7):
            t = (j + 1.2) / 8.6
            yy = -14 - t * 100
            half = 208 - 36 * t
            pts = bezier((side * 18, yy + 2), (side * 62, yy - 12), (side * 130, yy - 12), (side * (half - 16), yy), 24)
            lines.append(stroke(pts, 1.2))
    m = mask(*put(*lines))
    s.img *= (1 - 0.16 * m)[..., None]
    s.lay(put(stroke(spline([(2, -108), (4, -50), (0, 6), (16, 34), (8, 52)]), [5, 5, 6])), light.on(ribbon_c), 0.4, 4)


def pen(s, light, x, y, k, rot, colour="#20283c"):
    put = lambda *p: moved(p, x, y, k, rot=rot)
    s.lay(put(poly([(-70, -4), (46, -5), (70, 0), (46, 5), (-70, 4)])), light.on(colour), 0.6, 6, rim=0.5, rimcolour="#ffd9a8", rimwidth=1.5)
    s.lay(put(poly([(46, -5), (74, 0), (46, 5)])), light.on("#d9b070"), 0, 2)
    s.lay(put(box(-20, -5, -10, 5)), light.on("#d9b070"), 0, 2)


def cup(s, light, x, y, k, colour):
    put = lambda *p: moved(p, x, y, k)
    s.lay(put(disc(0, 2, 62, 13)), light.on("#e8dcc4") * 0.7, 0.6, 8, rim=0.2, rimcolour="#ffe0b0")
    s.lay(put(stroke(spline([(38, -62), (66, -60), (66, -32), (34, -22)]), 9)), light.on(colour) * 0.9, 0.3, 4, rim=0.3, rimcolour="#ffe0b0", rimwidth=1.5)
    bowl = mask(*put(poly(np.vstack([[(-44, -80)], bezier((-44, -80), (-44, -20), (-28, 2), (0, 2), 20), bezier((0, 2), (28, 2), (44, -20), (44, -80), 20)]))))
    u = (XX - x) / (44 * k)
    s.lay(bowl, light.on(colour) * (1.0 - 0.35 * u)[..., None], 0.5, 8, rim=0.2, rimcolour="#ffe0b0", rimwidth=1.5)
    s.lay(put(disc(0, -80, 44, 10)), light.on(colour) * 1.15, 0)
    s.lay(put(disc(0, -79, 38, 7.5)), light.on("#4a2a1c"), 0)


def lantern(s, light, x, y, k, burning):
    put = lambda *p: moved(p, x, y, k)
    metal, brass = "#7a2e2a", "#b98a52"
    m = mask(*put(stroke(spline([(-84, -196), (-78, -300), (-40, -350), (0, -362), (40, -350), (78, -300), (84, -196)]), 5)))
    s.lay(m, light.on(metal), 0.3, 6, rim=0.5 if burning else 0.25, rimcolour="#ffc07a", rimwidth=1.5, toward=(0, 1) if burning else None)
    for side in (-1, 1):
        s.lay(put(stroke(spline([(side * 56, -26), (side * 84, -52), (side * 86, -120), (side * 84, -196), (side * 62, -244), (side * 26, -262)]), 11)),
              light.on(metal), 0.4, 6, rim=0.8 if burning else 0.3, rimcolour="#ffb566", rimwidth=2, toward=(-side, 0) if burning else None)
    globe = [poly(np.vstack([spline([(-34, -64), (-56, -104), (-60, -146), (-46, -192), (-34, -216)], 12), spline([(34, -216), (46, -192), (60, -146), (56, -104), (34, -64)], 12)]))]
    g = mask(*put(*globe))
    fx, fy = x, y - 122 * k
    d = np.hypot((XX - fx) / (60 * k), (YY - fy) / (84 * k))
    if burning:
        s.lay(g, ramp(np.clip(d, 0, 1.3), (0, "#fff0c0"), (0.3, "#ffc870"), (0.7, "#e2812f"), (1.0, "#a54a1c"), (1.3, "#5c2716")), 0, tooth=0.01, alpha=0.9)
    else:
        s.lay(g, light.on("#dfe8e4"), 0, tooth=0.01, alpha=0.38)
        s.add(np.exp(-(((XX - x + 30 * k) / (9 * k)) ** 2)) * g * np.exp(-(((YY - fy) / (60 * k)) ** 2)), "#ffffff", 0.35)
        s.add(np.clip(g - shifted(blur(g, 1), 0, 0) * 0.985, 0, 1), "#ffffff", 0.2)
    s.lay(put(box(-13, -82, 13, -62, 3)), light.on(brass) * 0.9, 0.3, 3)
    if burning:
        flame = lambda q: [poly(np.vstack([bezier((0, -84), (-26 * q, -96), (-20 * q, -128), (2, -84 - 86 * q), 20), bezier((2, -84 - 86 * q), (14 * q, -132), (28 * q, -100), (0, -84), 20)]))]
        s.add(blur(mask(*put(*flame(1.0))), 5), "#ffb04a", 0.8)
        s.lay(put(*flame(0.95)), rgb("#ffd27a") * 1.5, 0, tooth=0)
        s.lay(put(*flame(0.62)), rgb("#fff2cc") * 2.2, 0, tooth=0)
    # guard wires
    s.lay(put(stroke(spline([(-60, -100), (-30, -92), (30, -92), (60, -100)]), 3), stroke(spline([(-54, -178), (-28, -170), (28, -170), (54, -178)]), 3)), light.on(metal) * 0.8, 0, rim=0.3, rimcolour="#ffca80", rimwidth=1)
    cap = [poly(np.vstack([[(-46, -212), (46, -212)], spline([(40, -232), (24, -246), (22, -276)], 8), spline([(-22, -276), (-24, -246), (-40, -232)], 8)])), box(-32, -292, 32, -274, 6), stroke([(0, -292), (0, -306)], 10)]
    s.lay(put(*cap), light.on(metal), 0.5, 8, rim=1.0 if burning else 0.35, rimcolour="#ffb35e", rimwidth=2.5, toward=(0, 1) if burning else None)
    tank = [poly(np.vstack([spline([(-70, 0), (-78, -18), (-66, -46), (-40, -54)], 10), spline([(40, -54), (66, -46), (78, -18), (70, 0)], 10), spline([(70, 0), (0, 10), (-70, 0)], 10)]))]
    u = np.clip(np.abs((XX - x) / (78 * k)), 0, 1)
    s.lay(put(*tank), light.on(metal) * (1.15 - 0.55 * u)[..., None], 0.7, 10, rim=0.9 if burning else 0.4, rimcolour="#ffb35e", rimwidth=2.5)
    s.lay(put(box(-40, -68, 40, -52, 5)), light.on(brass), 0.4, 4, rim=0.7 if burning else 0.3, rimcolour="#ffd28a", rimwidth=2)
    s.lay(put(disc(52, -36, 9), stroke([(52, -36), (72, -30)], 5)), light.on(brass), 0.3, 3)


def steam(s, x, y, k, power, colour):
    """Two threads of warm air above a cup."""
    f = np.zeros((H, W), np.float32)
    for dx, ph, h in ((-9, 0.0, 150), (11, 1.7, 120)):
        yy = np.linspace(0, 1, 60)
        path = np.stack([x + k * (dx + 16 * yy * np.sin(yy * 7 + ph)), y - k * h * yy], 1)
        f += blur(mask(stroke(path, [3 * k, 15 * k, 24 * k])), 6) * np.clip((y - YY) / (24 * k), 0, 1) * np.clip(1 - (y - YY) / (k * h), 0, 1)
    s.add(f, colour, power)


def books(s, light, x, y, k, night):
    put = lambda *p: moved(p, x, y, k)
    stack = [(-130, 0, 250, 34, "#2f5560"), (-112, -34, 224, 28, "#b5533c"), (-124, -62, 206, 38, "#d3a24e"), (-96, -100, 190, 26, "#5b4470")]
    for bx, by, w, h, c in stack:
        s.lay(put(box(bx, by - h, bx + w, by, 4)), light.on(c), 0.6, 8, rim=0.35 if night else 0.3, rimcolour="#ffc890", rimwidth=2, toward=(-0.6, -0.8) if night else None)
        s.lay(put(box(bx + 12, by - h + 5, bx + 20, by - 5), box(bx + w - 26, by - h + 5, bx + w - 20, by - 5)), light.on("#f0e2c0") * 0.8, 0)


def plant(s, light, x, y, k, pot, leafc, rimc, toward, sway=0.0):
    put = lambda *p: moved(p, x, y, k)
    rng = np.random.default_rng(77)
    leaf = np.vstack([bezier((0, 0), (22, -34), (70, -30), (104, 0), 16), bezier((104, 0), (70, 24), (22, 20), (0, 0), 16)])
    spec = [(-2.55, 190), (-2.2, 240), (-1.95, 300), (-1.62, 330), (-1.32, 300), (-1.0, 250), (-0.68, 200), (-2.85, 130), (-0.35, 130)]
    order = [0, 6, 7, 8, 1, 5, 2, 4, 3]
    for n, i in enumerate(order):
        a, l = spec[i]
        a += sway
        tip = np.array([math.cos(a) * l * 0.72, -70 + math.sin(a) * l * 0.62])
        path = bezier((0, -70), (math.cos(a) * 8, -70 - l * 0.35), (tip[0] * 0.6, tip[1] - 14), tip, 24)
        tone = 0.72 + 0.5 * n / 8
        parts = [stroke(path, [6, 4, 3])]
        for j in (10, 15, 20):
            for sg in (-1, 1):
                ang = math.atan2(path[j][1] - path[j - 3][1], path[j][0] - path[j - 3][0]) + sg * rng.uniform(0.55, 0.85)
                parts.append(moved([poly(leaf)], path[j][0], path[j][1], 0.50 + 0.012 * (20 - j), rot=ang))
        ang = math.atan2(path[-1][1] - path[-4][1], path[-1][0] - path[-4][0])
        parts.append(moved([poly(leaf)], path[-1][0], path[-1][1], 0.62, rot=ang))
        s.lay(put(*parts), light.on(leafc) * tone, 0.45, 8, rim=0.35, rimcolour=rimc, rimwidth=1.5, toward=toward)
    s.lay(put(poly([(-70, -84), (70, -84), (52, 8), (-52, 8)])), light.on(pot), 0.6, 10, rim=0.3, rimcolour=rimc, rimwidth=2, toward=toward)
    s.lay(put(box(-78, -100, 78, -76, 5)), light.on(pot) * 1.12, 0.5, 6, rim=0.35, rimcolour=rimc, rimwidth=2, toward=toward)
