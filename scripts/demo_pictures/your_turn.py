"""Picture 05, your turn: the room of the first picture in full morning.

The lantern is out, the window open, the chair turned toward whoever looks. The cards that were
blank before dawn now hold the other four pictures, which is why this one is given them and comes
last.
"""

import math

import numpy as np

from .desk import books, cup, lantern, notebook, pen, plant, steam
from .fields import H, W, XX, YY, blur, noise, wave
from .light import Light, down, ramp, rgb
from .outdoors import pines, ridge, small_bus
from .paper import Sheet
from .room import CX, HALF, SILL, SPRING, arch, cards, chair, curtain, desk_top, lunette_bars
from .shapes import box, disc, mask, moved, poly, spline, stroke


def your_turn(path, pictures):
    s = Sheet(down((0, "#4c9cc6"), (200, "#7cc0d4"), (380, "#b4dcd6"), (490, "#f0e6c0"), (580, "#ffdc9c")), shade="#1c2a3c", seed=47, toward=(0.4, -0.9))
    sx, sy = 1236, 268
    s.glow(sx, sy, 300, "#ffe9a8", 0.20)
    s.glow(sx, sy, 110, "#fff0c0", 0.30)
    s.lay([disc(sx, sy, 46)], rgb("#fff6d0") * 1.15, 0.25, 14, tooth=0, toward=(0, 0))
    for cx, cy, k, c in ((850, 250, 1.0, "#eef4ea"), (1100, 360, 0.8, "#fbf3dc"), (760, 380, 0.7, "#fdf4dc")):
        puff = [disc(cx - 70 * k, cy, 52 * k, 26 * k), disc(cx - 20 * k, cy - 18 * k, 50 * k, 40 * k), disc(cx + 40 * k, cy - 8 * k, 52 * k, 32 * k), disc(cx + 92 * k, cy + 4 * k, 44 * k, 20 * k),
                box(cx - 110 * k, cy, cx + 126 * k, cy + 24 * k, 12 * k)]
        s.lay(puff, c, 0.22, 10, rim=0.25, rimcolour="#fffbe6", rimwidth=2)
    for i, (y, amp, seed, cell, c0, c1) in enumerate(((540, 22, 12, 330, "#a8cdbd", "#cfe0bd"), (634, 16, 19, 300, "#7fb487", "#a9cf92"), (676, 18, 27, 360, "#3f8163", "#5f9e6c"))):
        sh, e = ridge(y, amp, seed, cell, 3, (lambda x: 16 * np.cos((x - 900) / 170)) if i == 1 else None)
        s.lay(sh, ramp(np.clip((YY - e(XX[0])[None, :]) / 110, 0, 1), (0, c0), (1, c1)), 0.35, 14, rim=0.45, rimcolour="#fffadc", rimwidth=2)
        if i == 1:
            s.lay(pines(e, [706, 728, 746, 1242, 1264, 1290, 1350], [42, 58, 46, 44, 62, 50, 40], 40), "#4f9274", 0.25, 5, rim=0.2, rimcolour="#f4f6c8", rimwidth=1)
            small_bus(s, 1120, float(e(1120)) + 3, 0.72, body="#c8453a", glass="#e8f2ee", lamp=0.85, facing=1, tilt=math.atan2(float(e(1150) - e(1090)), 60))
    s.lay(pines(e, [700, 728, 1296, 1330, 1362], [86, 64, 70, 104, 80], 90), "#2c6650", 0.35, 6, rim=0.2, rimcolour="#f0f2c0", rimwidth=1)
    s.glow(sx, sy, 700, "#ffe2a0", 0.07)

    light = Light("#85858f", (CX + 20, 520, "#ffd894", 0.85, 560), (700, 960, "#ffd08a", 0.35, 480), (240, 260, "#ffe2b4", 0.26, 460))
    wall = mask(box(-20, -20, W + 20, H + 20), [(k, p, 0) for k, p, _ in [arch(44)]])
    s.lay(wall, light.on("#b2bfb2") * (1 + 0.03 * noise(77, 260))[..., None], 0.55, 26, tooth=0.04, toward=(0, 1))
    cards(s, light.dimmed(1.35), pictures)
    frame = mask(arch(46), [(k, p, 0) for k, p, _ in [arch(0, -14)]])
    s.lay(frame, light.on("#e6dcc6"), 0.6, 16, rim=0.35, rimcolour="#fff6dc", rimwidth=2, tooth=0.03)
    top = mask(box(-20, -20, W + 20, SPRING + 10)) * mask(arch(2))
    bars = mask(*lunette_bars(8)) * top
    s.lay(bars, light.on("#cfc6b2"), 0.45, 9, rim=0.35, rimcolour="#fffbe8", rimwidth=1.5, toward=(0.5, -1))
    s.lay([box(CX - HALF - 84, SILL - 8, CX + HALF + 84, SILL + 24, 4)], light.on("#efe6d0") * 1.1, 0.6, 14, rim=0.5, rimcolour="#fffae6", rimwidth=2)
    # the left casement stands open, toward us
    x0, x1 = CX - HALF, CX - HALF - 128
    yt = lambda x: SPRING + 8 - 40 * (x0 - x) / 128
    yb = lambda x: SILL - 4 + 46 * (x0 - x) / 128
    leafp = [poly([(x0, yt(x0)), (x1, yt(x1)), (x1, yb(x1)), (x0, yb(x0))])]
    holes = []
    for a, b in ((0.08, 0.47), (0.55, 0.92)):
        q = [(x0 - 14, 0), (x1 + 18, 0)]
        pt = lambda x, f: (x, yt(x) * (1 - f) + yb(x) * f)
        holes.append(("poly", np.array([pt(q[0][0], a), pt(q[1][0], a), pt(q[1][0], b), pt(q[0][0], b)]), 0))
    left = curtain(s, light, -1, "#e9a890", False, [(690, 200), (650, 420), (600, 560), (566, 640), (584, 720), (590, 800)], 800)
    s.lay([stroke(spline([(CX - 366, 640), (CX - 420, 668), (CX - 480, 664), (CX - 540, 636)]), [20, 26, 26, 20])], light.on("#d8a860"), 0.5, 7, rim=0.25, rimcolour="#fff0d0", rimwidth=1.5, clip=left)
    pane = mask(*leafp) - mask(*leafp, *holes)
    s.veil(np.clip(pane, 0, 1) * 0.30, "#d8ece4")
    s.lay(mask(*leafp, *holes), light.on("#f0e6d0") * 1.05, 0.6, 14, rim=0.4, rimcolour="#fffbe8", rimwidth=2, toward=(1, -0.2))
    # the right curtain lifts in the breeze; light comes through it
    m = curtain(s, light, 1, "#f0b498", False, [(1376, 120), (1352, 300), (1276, 450), (1190, 560), (1168, 640), (1220, 700), (1296, 742)], 806)
    s.add(blur(m * mask(arch(0)), 10) * m, "#ffe2a8", 0.34)

    front = 1000
    desk = desk_top(s, light, "#b98a64", "#fff0cc", 0.62)
    s.add(np.exp(-(((XX - CX) / 420) ** 2)) * np.clip(1 - (YY - 792) / 150, 0, 1) * desk, "#dfeee8", 0.10)

    def contact(x, y, rx, ry, a=0.6):
        s.dim(blur(mask(disc(x - 12, y + 3, rx, ry)), 9) * desk * (YY < front) * a)

    contact(480, 886, 110, 18)
    contact(690, 868, 70, 14)
    contact(1585, 850, 110, 14)
    plant(s, light, 1600, 838, 1.05, "#c0674a", "#5f9a6c", "#fbf6cc", (-0.7, -0.6), sway=-0.10)
    cup(s, light, 690, 868, 0.82, "#f0ece0")
    notebook(s, light, 930, 962, 1.0, paper_c=rgb("#fff8ea") * 1.25, cover="#b0483c")
    pen(s, light, 1012, 926, 0.9, -0.42, colour="#2c3c50")
    lantern(s, light.dimmed(0.9), 480, 884, 1.16, False)
    # sunlight through the open window, on the desk and in the air
    at = lambda u, y: (1010 + u - (y - 800) * 1.1, y)
    p = blur(mask(poly([at(-330, 806), at(330, 806), at(330, 986), at(-330, 986)])), 2.2) * desk
    obj = mask(*moved([poly([(-78, 6), (78, 6), (70, -290), (-70, -290)])], 480, 884, 1.16))
    dapple = np.clip(0.86 + 0.10 * noise(14, 60), 0.6, 1.05)
    s.img *= 1 + (p * dapple * (1 - 0.5 * obj))[..., None] * (rgb("#ffdf9c") * 1.0)
    air = mask(poly([(CX - HALF, SPRING - 40), (CX + HALF, SPRING - 200), (CX + 200, 812), (300, 1080), (-200, 1080)]))
    streak = np.clip(0.6 + 0.5 * wave((XX + YY * 0.9) , 88, 120, 2), 0, 1)
    s.add(blur(air, 50) * streak * np.clip((YY - 380) / 500, 0, 1) * np.clip((1100 - YY) / 500, 0, 1), "#ffe9b8", 0.10)
    steam(s, 690, 800, 1.1, 0.22, "#fff6e0")
    rng = np.random.default_rng(3)
    motes = [disc(rng.uniform(380, 1300), rng.uniform(440, 960), rng.uniform(0.6, 1.5)) for _ in range(70)]
    s.add(mask(*motes) * blur(air, 30), "#fff3d0", 0.30)
    dark = Light("#6a6064", (CX, 640, "#ffe2b0", 0.35, 600))
    books(s, dark.dimmed(1.5), 1776, 958, 0.95, False)
    chair(s, dark.dimmed(1.2), 1424, 742, 1.0, "#b07850", "#fff0cc", (-0.5, -0.85), rim=0.4, turned=True)
    return s.finish(path, bloom=0.14, vignette=0.20, grain=0.009, centre=(0.5, 0.5), exposure=1.12)
