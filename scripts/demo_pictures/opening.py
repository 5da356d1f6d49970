"""Picture 01, the opening: the room in the hour before dawn.

The lantern on the desk is the only light indoors, the notebook lies open, and the cards on the wall
are still blank. Through the arched window, the first light and the bus coming over the hills. The
last picture shows the same room again; what the two share is in room.py and desk.py.
"""

import math

import numpy as np

from .desk import books, cup, lantern, notebook, pen, plant, steam
from .fields import H, W, XX, YY, blur, noise
from .light import Light, down, ramp, rgb
from .outdoors import pines, ridge, small_bus
from .paper import Sheet
from .room import CX, HALF, SILL, SPRING, arch, cards, chair, curtain, desk_top, lunette_bars
from .shapes import box, disc, mask, poly, spline, stroke


def opening(path):
    s = Sheet(down((0, "#0c1a44"), (170, "#1b3a70"), (330, "#4a6c9c"), (450, "#a79aa8"), (520, "#f0b48c"), (580, "#ffdcae"), (660, "#ffe6c0")), shade="#04061a", seed=41, toward=(-0.5, -0.85))
    # outside: a few stars, the moon, hills, the bus
    rng = np.random.default_rng(6)
    stars = [disc(rng.uniform(690, 1390), rng.uniform(60, 330), rng.uniform(0.8, 2.0)) for _ in range(42)]
    s.add(mask(*stars) * np.clip(1 - YY / 380, 0, 1), "#dfe8ff", 0.9)
    moon = mask(disc(1226, 196, 34)) * (1 - mask(disc(1212, 188, 31)))
    s.add(blur(moon, 12), "#cfdcff", 0.5)
    s.lay(moon, rgb("#f4efdc") * 1.05, 0, tooth=0)
    star = mask(disc(860, 262, 3.4))
    s.add(star + 0.8 * blur(star, 5) * 6, "#fff3dc", 1.0)
    for i, (y, amp, seed, cell, c0, c1, rim) in enumerate(((540, 22, 12, 330, "#93809f", "#a98a9c", 0.5), (634, 16, 19, 300, "#4d5184", "#5c5c8a", 0.45), (676, 18, 27, 360, "#27315f", "#1b2450", 0.25))):
        sh, e = ridge(y, amp, seed, cell, 3, (lambda x: 16 * np.cos((x - 900) / 170)) if i == 1 else None)
        s.lay(sh, ramp(np.clip((YY - e(XX[0])[None, :]) / 120, 0, 1), (0, c0), (1, c1)), 0.5, 14, rim=rim, rimcolour="#ffdcae", rimwidth=2, toward=(0, -1))
        if i == 1:
            s.lay(pines(e, [706, 728, 746, 1242, 1264, 1290, 1350], [42, 58, 46, 44, 62, 50, 40], 40), "#3d4176", 0.3, 5)
            small_bus(s, 905, float(e(905)) + 3, 0.72, body="#9a2c2c", lamp=2.0, tilt=math.atan2(float(e(935) - e(875)), 60), beam=0.35)
        s.veil(np.exp(-(((YY - y - 46) / 26) ** 2)) * 0.28, "#d9a79c")
    s.lay(pines(e, [700, 728, 1296, 1330, 1362], [86, 64, 70, 104, 80], 90), "#1c2650", 0.4, 6, rim=0.2, rimcolour="#ffcfa0", rimwidth=1, toward=(0, -1))

    lx, ly = 480, 742  # the flame
    light = Light("#1a2352", (lx, ly, "#ffab52", 3.0, 235), (lx, ly, "#ff9540", 0.75, 640), (CX, 520, "#7f93c8", 0.10, 520))
    # wall, with the window cut out
    wall = mask(box(-20, -20, W + 20, H + 20), [(k, p, 0) for k, p, _ in [arch(44)]])
    s.lay(wall, light.on("#50608c") * (1 + 0.04 * noise(77, 260))[..., None], 0.85, 26, tooth=0.05, toward=(0, 1))
    frame = mask(arch(46), [(k, p, 0) for k, p, _ in [arch(0, -14)]])
    s.lay(frame, light.on("#6d6f92"), 0.8, 16, rim=0.35, rimcolour="#ffd0a0", rimwidth=2, tooth=0.04)
    bars = mask(*lunette_bars(8), box(CX - 11, SPRING, CX + 11, SILL), box(CX - HALF, 556, CX + HALF, 568), box(CX - HALF - 2, SPRING, CX - HALF + 14, SILL), box(CX + HALF - 14, SPRING, CX + HALF + 2, SILL)) * mask(arch(2))
    s.lay(bars, light.on("#565a80") + rgb("#1a1c38") * 0.4, 0.6, 9, rim=0.3, rimcolour="#ffdcb4", rimwidth=1.5, toward=(-0.3, 1))
    s.lay([box(CX - HALF - 84, SILL - 8, CX + HALF + 84, SILL + 24, 4)], light.on("#7a7898"), 0.8, 14, rim=0.5, rimcolour="#ffd4a8", rimwidth=2)
    s.add(np.exp(-(((YY - SILL - 6) / 8) ** 2)) * np.exp(-(((XX - CX) / 300) ** 2)) * (YY > SILL - 8), "#a8b4e0", 0.22)
    cards(s, light)
    for side, inner in ((-1, [(700, 200), (660, 420), (606, 560), (570, 640), (600, 720), (610, 800)]), (1, [(1380, 200), (1424, 420), (1478, 560), (1514, 640), (1486, 720), (1476, 800)])):
        m = curtain(s, light, side, "#7b4c5c", True, inner, 800)
        band = spline([(CX + side * 366, 640), (CX + side * 420, 668), (CX + side * 480, 664), (CX + side * 540, 636)])
        s.lay([stroke(band, [20, 26, 26, 20])], light.on("#c99a62"), 0.6, 7, rim=0.25, rimcolour="#ffdca8", rimwidth=1.5, clip=m)

    # the desk
    front = 1000
    desk = desk_top(s, light, "#7d5a48", "#ffb878", 1.0)
    s.add(np.exp(-(((XX - CX) / 300) ** 2)) * np.clip(1 - (YY - 792) / 120, 0, 1) * desk, "#8aa0d8", 0.07)
    # what the lantern's light cannot reach: long shadows
    def cast(x, y, w, l, a):
        d = np.array([math.cos(a), math.sin(a) * 0.42])
        n = np.array([-d[1], d[0] * 0.42])
        n /= np.hypot(*n)
        p0 = np.array([x, y])
        q = poly([p0 - n * w * 0.36, p0 + n * w * 0.36, p0 + d * l + n * w * 0.62, p0 + d * l - n * w * 0.62])
        m = blur(mask(q), 9) * desk * (YY < front + 4)
        s.dim(m * np.clip(1.05 - np.hypot(XX - x, YY - y) / l, 0, 1) * 0.75)
    cast(1330, 866, 90, 420, 0.16)
    cast(700, 858, 46, 260, 0.45)
    plant(s, light, 1540, 838, 1.0, "#a8563c", "#3e6a5c", "#ffbe84", (-0.9, -0.2))
    books(s, light, 1312, 880, 0.9, True)
    cup(s, light, 690, 868, 0.82, "#b9c4c8")
    notebook(s, light, 930, 962, 1.0, paper_c=rgb("#fff8ea") * 1.35)
    pen(s, light, 1010, 930, 0.9, -0.42)
    # the lantern and its light
    s.dim(blur(mask(disc(lx + 6, 890, 96, 18)), 8) * desk * 0.75)
    s.glow(lx, ly, 330, "#ffa24a", 0.30)
    s.glow(lx, ly, 300, "#ff9a44", 0.16, fall=1)
    lantern(s, light.dimmed(0.5), lx, 884, 1.16, True)
    s.glow(lx, ly, 90, "#ffc47a", 0.40)
    s.glow(lx, ly, 260, "#ff9a44", 0.07)
    steam(s, 690, 800, 0.9, 0.10, "#ffd6ac")
    # nearest: the chair, pushed in
    dark = Light("#0e1232", (lx, ly + 60, "#ff9a4a", 0.30, 700))
    chair(s, dark, 1748, 880, 1.12, "#5a4048", "#ffad68", (-0.95, -0.25), rim=0.28)
    return s.finish(path, bloom=0.22, vignette=0.42, centre=(0.46, 0.58))
