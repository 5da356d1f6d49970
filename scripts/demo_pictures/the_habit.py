"""Picture 02, the habit: the night bus at its stop, in the rain.

The driver writes against the wheel; a girl sleeps against her cello. Order matters twice here.
What stands inside the bus is cut to its panes (`clip=mw`), so the panes come first. And the wet
road repeats the picture as it is by then, upside down and torn by ripples, so it comes after all
that stands on it; only light on the road and the near rain follow.
"""

import math

import numpy as np

from .fields import H, W, XX, YY, blur, box_blur, noise, shifted, wave
from .light import Light, down, ramp, rgb
from .outdoors import ridge
from .paper import Sheet
from .shapes import bezier, box, disc, mask, moved, poly, spline, stroke


def the_habit(path):
    sky = down((0, "#0e0d2b"), (240, "#1d1746"), (430, "#3a245f"), (560, "#6f3d74"), (650, "#b9688a"), (720, "#e79a92"))
    s = Sheet(sky, shade="#06061a", seed=23, toward=(0.1, -1.0))
    ground = 868
    bx, by, k = 786, ground, 1.19  # the bus: its front bumper on the road

    # clouds: scalloped sheets hanging from the top
    def cloud(y, seed, step, amp):
        x = -120.0
        r = np.random.default_rng(seed)
        out = [poly([(-60, -60), (W + 60, -60), (W + 60, y - 50), (-60, y - 50)])]
        while x < W + 160:
            w = step * r.uniform(0.7, 1.4)
            cy = y + amp * float(wave([x], seed, 600)[0])
            out += [disc(x + w / 2, cy, w * 0.66, w * r.uniform(0.34, 0.62)), box(x - 1, -60, x + w + 1, cy)]
            x += w
        return out

    for y, seed, step, amp, c in ((240, 9, 120, 66, "#3a2562"), (150, 5, 150, 60, "#271b50"), (56, 3, 170, 50, "#17133a")):
        m = mask(*cloud(y, seed, step, amp))
        s.lay(m, rgb(c) * (0.8 + 0.55 * np.clip((YY - y + 160) / 260, 0, 1))[..., None], 0.55, 22, rim=0.16, rimcolour="#c9799c", rimwidth=2, toward=(-0.1, 1.0))

    # far hills, the city in the valley
    sh, e = ridge(640, 52, 33, 430, 3, lambda x: 34 * np.cos((x - 250) / 420))
    s.lay(sh, down((560, "#7c4a7e"), (720, "#5a3670")), 0.45, 16, rim=0.35, rimcolour="#f0a6a0", rimwidth=2)
    s.veil(np.exp(-(((YY - 705) / 46) ** 2)) * 0.35, "#b5668a")

    def town(base, seed, x0, x1, hmin, hmax, colour, rim):
        r = np.random.default_rng(seed)
        x, blocks, lit = x0, [], []
        while x < x1:
            w = r.uniform(34, 84)
            h = r.uniform(hmin, hmax) * (0.45 + 0.55 * math.exp(-(((x - 430) / 330) ** 2)))
            top = base - h
            blocks.append(box(x, top, x + w, base + 90))
            kind = r.integers(0, 4)
            if kind == 0:
                blocks.append(poly([(x - 3, top + 1), (x + w / 2, top - w * 0.38), (x + w + 3, top + 1)]))
            elif kind == 1:
                blocks.append(box(x + w * 0.2, top - 12, x + w * 0.5, top + 2))
            elif kind == 2:
                blocks.append(stroke([(x + w * 0.7, top + 2), (x + w * 0.7, top - 24)], 2))
            for wy in np.arange(top + 12, base + 60, 17):
                for wx in np.arange(x + 8, x + w - 11, 14):
                    if r.uniform() < 0.13:
                        lit.append(box(wx, wy, wx + 6, wy + 8))
            x += w + r.uniform(-4, 10)
        s.lay(blocks, colour, 0.5, 12, rim=rim, rimcolour="#e9979c", rimwidth=1.5)
        w = mask(*lit)
        s.lay(w, rgb("#ffc36a") * 1.15, 0, tooth=0)
        s.add(blur(w, 7), "#ff9d4a", 0.5)

    town(742, 77, -30, 1960, 50, 150, down((600, "#4d2f68"), (780, "#3a2558")), 0.22)
    s.veil(np.exp(-(((YY - 775) / 40) ** 2)) * 0.30, "#7d4a80")
    town(806, 91, -40, 1960, 30, 128, down((680, "#2d1e4c"), (830, "#21173f")), 0.16)

    # rain, far
    def rain(n, seed, length, width, lo=-50, hi=1080):
        r = np.random.default_rng(seed)
        out = []
        for _ in range(n):
            x, y, l = r.uniform(-100, W + 150), r.uniform(lo, hi), length * r.uniform(0.5, 1.2)
            out.append(poly([(x, y), (x + width, y), (x + width - 0.16 * l, y + l), (x - 0.16 * l, y + l)]))
        return mask(*out)

    s.add(rain(420, 1, 60, 1.0, 200, 820), "#c9a6d8", 0.10)

    # the road: a shelf above the valley, a low rail, a lamp
    road = mask(poly([(-20, ground - 26), (W + 20, ground - 40), (W + 20, H + 20), (-20, H + 20)]))
    rail = [box(-20, ground - 70, W + 20, ground - 62)] + [box(x, ground - 74, x + 9, ground - 20) for x in range(20, W, 150)]
    lampx = 560
    s.lay(rail, "#130f30", 0.4, 8, rim=0.25, rimcolour="#c98aa0", rimwidth=1.5)
    pole = [stroke(np.vstack([[(lampx, ground - 10), (lampx, 460)], bezier((lampx, 460), (lampx, 330), (lampx + 10, 300), (lampx + 60, 300), 20)]), [11, 8, 6, 6]),
            box(lampx - 10, ground - 70, lampx + 10, ground - 10, 3)]
    hx, hy = lampx + 75, 332
    s.lay(road, down((ground - 40, "#231a45"), (960, "#17123a"), (H, "#0c0a26")), 0.6, 18, rim=0.3, rimcolour="#a06a90", rimwidth=2)

    # ---- the bus
    put = lambda *p: moved(p, bx, by, k)
    lamps = Light("#3b3560", (hx, hy, "#ffc081", 1.2, 330), (bx + 480, by - 215, "#ffb87a", 0.42, 520))
    wheels = mask(*put(disc(178, -44, 49), disc(690, -44, 49)))
    under = mask(*put(disc(430, 4, 450, 20)))
    s.dim(blur(under, 10) * 0.9)
    s.lay(put(box(60, -60, 800, -26)), "#0b0920", 0)
    body = [poly(np.vstack([spline([(2, -64), (-4, -120), (6, -196), (30, -268), (64, -300), (110, -312)], 10),
                            spline([(110, -312), (400, -320), (760, -314)], 10),
                            spline([(760, -314), (826, -304), (852, -268), (862, -180), (862, -60), (850, -40)], 10),
                            [(20, -40), (6, -48)]]))]
    mb = mask(*put(*body))
    s.lay(mb, lamps.on("#a83232"), 0.75, 24, rim=0.9, rimcolour="#ffc48c", rimwidth=3, tooth=0.04, toward=(-0.5, -0.9))
    # cream upper half, a separate sheet
    upper = [poly(np.vstack([spline([(2, -146), (8, -200), (31, -266), (64, -298), (110, -310)], 10), spline([(110, -310), (400, -318), (760, -312)], 10),
                             spline([(760, -312), (824, -302), (849, -266), (858, -200), (860, -138)], 10),
                             spline([(860, -138), (600, -140), (300, -140), (120, -136), (2, -118)], 12)]))]
    mu = mask(*put(*upper))
    s.lay(mu, lamps.on("#efdfc0"), 0.55, 7, rim=0.6, rimcolour="#ffe0b0", rimwidth=2.5, tooth=0.04, toward=(-0.5, -0.9), clip=mb)
    s.lay(put(poly(np.vstack([spline([(40, -286), (70, -309), (110, -320), (400, -330), (760, -323), (830, -304)], 10), spline([(830, -300), (760, -308), (400, -314), (110, -306), (44, -282)], 10)]))),
          lamps.on("#8a4a48"), 0.5, 6, rim=0.5, rimcolour="#ffd2a0", rimwidth=2, toward=(-0.5, -0.9))
    # trim
    s.lay(put(stroke(spline([(0, -100), (60, -106), (400, -108), (862, -106)]), 5)), lamps.on("#e0c09a"), 0.3, 3)
    # windows: one sheet of light, then what stands in it
    panes = [poly(np.vstack([spline([(15, -160), (22, -214), (38, -262), (52, -274)], 8), [(84, -274), (84, -160)]]))]
    panes.append(box(98, -276, 190, -158, 12))
    xs = [206, 328, 450, 572, 694]
    panes += [box(x, -276, x + 108, -160, 14) for x in xs]
    panes.append(poly(np.vstack([[(816, -160), (816, -276)], spline([(830, -274), (842, -250), (848, -210), (850, -160)], 8)])))
    mw = mask(*put(*panes))
    glassc = ramp(np.clip((YY - (by - 276 * k)) / (115 * k), 0, 1), (0, "#ffdf9a"), (0.45, "#ffc066"), (1, "#e8853c"))
    along = 0.72 + 0.28 * np.exp(-(((XX - bx - 330) / 520) ** 2))
    s.dim(np.clip(blur(mw, 5) - mw, 0, 1) * 0.5)
    s.lay(mw, glassc * (1.05 * along)[..., None], 0, tooth=0.012)
    # ceiling lamps and rail inside
    s.add(mask(*put(*[disc(x + 54, -270, 30, 7) for x in xs])) * mw, "#fff0c4", 0.8)
    inside = []
    seats = []
    for x in range(214, 700, 66):  # seat backs, from the side, facing the front
        seats.append(poly(np.vstack([spline([(x, -140), (x + 6, -176), (x + 14, -192), (x + 28, -196), (x + 38, -188), (x + 36, -140)], 8)])))
    s.lay(put(*seats), "#b5552c", 0.3, 4, clip=mw, rim=0.25, rimcolour="#ffe0a0", rimwidth=1.5)
    inside = [stroke([(206, -252), (816, -252)], 3.5)]
    for x in (268, 390, 512, 634):
        inside += [stroke([(x, -252), (x, -238)], 2), poly(np.vstack([disc(x, -230, 8)[1], disc(x, -230, 8)[1][:1]])), disc(x, -230, 5, v=0)]
    inside += [stroke([(196, -300), (196, -150)], 4)]
    s.lay(put(*inside), "#6d2c1c", 0.25, 3, clip=mw)
    # the driver at the wheel, writing
    whole = put
    put = lambda *p: moved(p, bx + 17, by, k)
    driver = [poly(spline([(112, -150), (108, -178), (116, -206), (132, -220), (152, -220), (170, -208), (178, -184), (180, -150)], 10, False)),
              moved([poly(spline([(15, 0), (13, -10), (5, -16.5), (-5, -16), (-12, -10), (-13.5, -4), (-18, 2.5), (-14.5, 4.5), (-15, 8), (-12.5, 13), (-6, 14.5), (0, 13), (9, 12)], 8, True)),
                     poly(spline([(16, -5), (15, -15), (6, -22), (-8, -21), (-15, -13), (-28, -7), (-27, -4), (-14, -6)], 8, True))], 133, -236, 1.12, rot=-0.32),
              stroke([(142, -216), (138, -228)], 17),
              stroke(spline([(160, -202), (150, -172), (128, -166)]), [22, 17, 13]), stroke([(128, -167), (110, -180)], [11, 8])]
    s.lay(put(*driver), rgb("#2a1020"), 0.35, 4, clip=mw, rim=0.5, rimcolour="#ffca84", rimwidth=1.5, toward=(0.3, -1))
    s.lay(put(poly([(84, -186), (102, -178), (124, -186), (124, -178), (102, -169), (84, -178)])), rgb("#fff2d4") * 1.15, 0.2, 2, clip=mw, tooth=0)
    s.lay(put(stroke([(106, -178), (117, -202)], 2.4), disc(108, -182, 6)), "#2a1020", 0, clip=mw)
    put = whole
    # the girl asleep against her cello
    cello = [moved([poly(spline([(-30, 70), (-37, 40), (-25, 14), (-32, -8), (-24, -30), (-10, -40), (-8, -74), (-11, -84), (0, -92), (11, -84), (8, -74), (10, -40), (24, -30), (32, -8), (25, 14), (37, 40), (30, 70)], 8, True))],
                   776, -182, 0.88, rot=-0.10)]
    s.lay(put(*cello), "#5c1f26", 0.4, 5, clip=mw, rim=0.5, rimcolour="#ffc080", rimwidth=2, toward=(-0.4, -1))
    girl = [poly(spline([(690, -140), (692, -172), (704, -194), (722, -202), (740, -196), (750, -176), (752, -140)], 10)),
            stroke([(722, -198), (729, -210)], 13),
            moved([poly(spline([(-15, 0), (-13, -10), (-5, -16.5), (5, -16), (12, -10), (13.5, -4), (18, 2.5), (14.5, 4.5), (15, 8), (12.5, 13), (6, 14.5), (0, 13), (-9, 12)], 8, True)),
                   poly(spline([(10, -13), (2, -20), (-10, -18), (-18, -8), (-20, 8), (-24, 26), (-30, 40), (-16, 36), (-8, 18), (-4, 2), (2, -8)], 8, True))], 744, -223, 1.05, rot=0.45)]
    s.lay(put(*girl), "#260d1c", 0.35, 4, clip=mw, rim=0.55, rimcolour="#ffca84", rimwidth=1.5, toward=(-0.3, -1))
    # rain drops on the panes
    r = np.random.default_rng(8)
    drops = [disc(r.uniform(20, 850), r.uniform(-275, -165), r.uniform(0.8, 1.9), r.uniform(1.2, 3.2)) for _ in range(150)]
    s.add(mask(*put(*drops)) * mw, "#fff3d8", 0.35)
    # pane frames catch light
    s.add(np.clip(shifted(mw, 0, -2) - mw, 0, 1) * mu, "#ffe6bd", 0.25)
    # wheels, arches, lamps, mirror, bumper
    for wx in (178, 690):
        s.lay(put(disc(wx, -46, 66, 64)), "#0d0a20", 0.2, 4, clip=mb)
        s.lay(put(disc(wx, -44, 49)), lamps.on("#1c1828"), 0.5, 6, rim=0.25, rimcolour="#d8a080", rimwidth=1.5)
        s.lay(put(disc(wx, -44, 25)), lamps.on("#b08a6a"), 0.3, 3, rim=0.4, rimcolour="#ffe0b8", rimwidth=1.5)
        s.lay(put(disc(wx, -44, 8)), lamps.on("#5a3a34"), 0, 3)
    s.lay(put(box(-12, -62, 66, -46, 7)), lamps.on("#b99a7c"), 0.4, 5, rim=0.5, rimcolour="#ffe0b8", rimwidth=1.5)
    s.lay(put(box(806, -62, 872, -46, 7)), lamps.on("#b99a7c"), 0.4, 5, rim=0.3, rimcolour="#ffe0b8", rimwidth=1.5)
    s.lay(put(stroke(spline([(30, -262), (4, -258), (-8, -240)]), 4), box(-16, -242, -4, -200, 5)), lamps.on("#3a3040"), 0.3, 5, rim=0.4, rimcolour="#ffd0a0", rimwidth=1.5)
    head = mask(*put(disc(12, -86, 10, 14)))
    s.lay(head, rgb("#fff0c8") * 1.2, 0.3, 4, tooth=0)
    tail = mask(*put(box(853, -96, 862, -70, 3)))
    s.lay(tail, rgb("#ff4a36"), 0, tooth=0)
    s.add(blur(tail, 16), "#ff3a28", 1.0)
    s.glow(bx + 4 * k, by - 86 * k, 70, "#ffcf8a", 0.22)
    s.add(blur(mw, 40), "#ff9a4a", 0.16)

    # lamp: pole, light, cone
    s.lay(pole, "#140f2c", 0.5, 10, rim=0.4, rimcolour="#ffbf80", rimwidth=2, toward=(0.9, 0.0))
    seat = [box(250, ground - 74, 452, ground - 62, 3), box(262, ground - 120, 440, ground - 104, 3), box(270, ground - 118, 279, ground - 10), box(424, ground - 118, 433, ground - 10)]
    s.lay(seat, "#1a1336", 0.5, 8, rim=0.55, rimcolour="#ffb57a", rimwidth=2, toward=(0.7, -0.7))
    post = [stroke([(488, ground - 6), (488, ground - 250)], 6), disc(488, ground - 268, 30)]
    s.lay(post, "#1a1336", 0.5, 8, rim=0.6, rimcolour="#ffb57a", rimwidth=2, toward=(0.8, -0.6))
    s.lay([disc(488, ground - 268, 24)], Light("#4a4070", (hx, hy, "#ffb867", 1.2, 300)).on("#c9563f"), 0, 3)
    s.lay([disc(488, ground - 268, 13)], Light("#4a4070", (hx, hy, "#ffb867", 1.2, 300)).on("#e8cfa8"), 0, 3)
    t = np.clip((YY - hy) / (ground + 40 - hy), 0, 1)
    half = 34 + t * 250
    cone = np.clip(1 - np.abs(XX - hx) / half, 0, 1) ** 0.8 * (YY > hy) * (1 - t) ** 1.1
    cone = blur(cone.astype(np.float32), 7)
    s.add(cone, "#ffb566", 0.34)
    s.lay([disc(hx, hy - 1, 40, 7)], rgb("#fff0cc") * 1.3, 0, tooth=0)
    s.glow(hx, hy + 4, 150, "#ffb866", 0.45)
    s.glow(hx, hy, 420, "#ff9a50", 0.10)
    shade = poly([(hx + 54 * math.cos(q), hy + 1 - 38 * math.sin(q)) for q in np.linspace(0, math.pi, 40)])
    s.lay([shade, box(hx - 7, hy - 46, hx + 7, hy - 30, 4)], "#2b1a35", 0, rim=0.35, rimcolour="#ffd9a0", rimwidth=2, toward=(0, 1))

    # wet road: what stands on it, upside down, torn by ripples
    line = ground + 6
    road = road * (1 - wheels)
    src = box_blur(blur(np.clip(s.img, 0, 1.3), 2.5), 9, 0)
    yy = np.clip(line - 1.65 * (YY - line), 0, H - 1)
    depth = np.clip((YY - line) / (H - line), 0, 1)
    wob = 10 * depth * wave(np.arange(H) * 1.0, 61, 16, 3)[:, None] + 4 * noise(62, 30, 3, 0.5) * depth
    xi = np.clip(XX + wob, 0, W - 1).astype(int)
    yi = np.clip(yy + 6 * noise(63, 22, 4, 0.5) * depth, 0, H - 1).astype(int)
    refl = src[yi, xi]
    puddle = 0.45 + 0.55 * np.clip(0.5 + 0.8 * noise(64, 90, 3.2, 0.5), 0, 1)
    low = np.clip((YY - line) / 4, 0, 1) * (1 - 0.55 * depth) * road * puddle
    s.img += np.stack([blur(refl[..., i], 1.6) for i in range(3)], -1) * (low * 0.42)[..., None]
    s.add(np.exp(-(((XX - hx) / 330) ** 2 + ((YY - ground - 20) / 46) ** 2)) * road, "#ffa860", 0.16)
    s.add(np.exp(-(((XX - bx - 430) / 480) ** 2 + ((YY - ground - 40) / 50) ** 2)) * road, "#ff9448", 0.08)
    beam = np.clip(1 - (bx - XX) / 560, 0, 1) ** 1.6 * (XX < bx) * np.exp(-(((YY - (by - 70) - (bx - XX) * 0.10) / (16 + (bx - XX).clip(0) * 0.10)) ** 2))
    s.add(blur(beam.astype(np.float32), 6), "#ffd696", 0.20)

    # rain, near: it shows where there is light
    near = rain(520, 2, 80, 1.3) + 0.8 * rain(120, 3, 130, 1.8)
    light = np.clip(blur(s.img.mean(-1), 40) * 1.6 + cone * 0.9, 0.06, 1)
    s.add(np.clip(near, 0, 1) * light, "#ffe6cc", 0.34)
    r = np.random.default_rng(15)
    splash = []
    for _ in range(130):
        x, y = r.uniform(0, W), r.uniform(ground + 14, H)
        w = 4 + 12 * (y - ground) / 212
        splash += [disc(x, y, w, w * 0.28), disc(x, y, w - 1.4, w * 0.28 - 1.1, v=0)]
    s.add(mask(*splash) * np.clip(blur(s.img.mean(-1), 20) * 2.2, 0.05, 1), "#ffdcc0", 0.35)
    return s.finish(path, bloom=0.20, vignette=0.38, centre=(0.58, 0.58))
