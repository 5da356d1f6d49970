"""The room of the first and the last picture: window, curtains, pinned cards, desk top, chair.

Both pictures show one room, before dawn and in full morning. Its geometry is kept here, so that
the two agree to the pixel and only the light differs. What lies on the desk is in desk.py.
"""

import math

import numpy as np

from .fields import H, W, XX, YY, noise
from .shapes import bezier, box, disc, mask, moved, poly, spline, stroke

CX, HALF, SPRING, SILL = 1040, 352, 412, 704  # the arched window: its middle, half its width, where its arch begins, its foot


def arch(grow=0.0, sill=0.0):
    a = np.linspace(math.pi, 2 * math.pi, 90)
    r = HALF + grow
    return poly(np.vstack([np.stack([CX + r * np.cos(a), SPRING + r * np.sin(a)], 1), [(CX + r, SILL + sill), (CX - r, SILL + sill)]]))


def lunette_bars(w=9):
    bars = [box(CX - HALF - 4, SPRING - w, CX + HALF + 4, SPRING + w)]
    for d in (-0.62, 0, 0.62):
        bars.append(stroke([(CX, SPRING), (CX + (HALF + 6) * math.sin(d), SPRING - (HALF + 6) * math.cos(d))], w * 1.2))
    q = np.linspace(math.pi, 2 * math.pi, 60)
    ring = np.stack([CX + 120 * np.cos(q), SPRING + 120 * np.sin(q)], 1)
    return bars + [stroke(ring, w * 1.1), disc(CX, SPRING, 26)]


def curtain(s, light, side, colour, night, inner, foot):
    """One hanging sheet; folds are light and dark stripes that follow its edges."""
    top_out, top_in = CX + side * (HALF + 150), CX + side * (HALF - 10)
    edge = spline([(top_in, -20)] + inner, 20)
    out = spline([(top_out, -20), (top_out + side * 10, 400), (top_out + side * 4, foot)], 20)
    hem = bezier(out[-1], (out[-1][0] * 0.66 + edge[-1][0] * 0.34, foot + 16), (out[-1][0] * 0.34 + edge[-1][0] * 0.66, foot - 12), edge[-1], 24)
    m = mask(poly(np.vstack([edge, hem[::-1], out[::-1]])))
    o = np.argsort(edge[:, 1], kind="stable")
    xe = np.interp(YY[:, 0], edge[o, 1], edge[o, 0])[:, None]
    xo = np.interp(YY[:, 0], out[:, 1], out[:, 0])[:, None]
    u = np.clip((XX - xo) / (xe - xo + 1e-3), 0, 1)
    fold = 0.5 + 0.5 * np.cos(u * 2 * math.pi * 4.5 + 0.6 * np.sin(YY / 160))
    tone = (0.62 + 0.5 * fold) * (0.86 + 0.3 * u)
    s.lay(m, light.on(colour) * tone[..., None], 0.65, 18, rim=0.35, rimcolour="#ffd0a0" if night else "#fff6de", rimwidth=2, toward=(-side * 1.0, 0.1))
    return m


CARDS = ((66, 76, -0.05), (292, 62, 0.035), (84, 238, 0.03), (306, 226, -0.04), (44, 398, -0.02))


def cards(s, light, pictures=()):
    """Five cards pinned to the wall: blank before dawn; by morning they hold the other pictures."""
    w, h = 188, 126
    for i, (x, y, r) in enumerate(CARDS):
        cx, cy = x + w / 2, y + h / 2
        s.lay(moved([box(-w / 2, -h / 2, w / 2, h / 2, 2)], cx, cy, 1, rot=r), light.on("#f3e6cc"), 0.6, 9, rim=0.12, rimcolour="#fff0d0", rimwidth=1)
        if i < len(pictures):
            s.paste(pictures[i], cx, cy + 4, w - 18, r, light)
        s.lay([disc(cx + h * 0.41 * math.sin(r), cy - h * 0.41, 5.5)], light.on("#d2493a") * 1.2, 0.5, 3)


def desk_top(s, light, colour, rimc, dark, back=792, front=1000):
    desk = mask(poly([(-20, back), (W + 20, back), (W + 20, H + 20), (-20, H + 20)]))
    grain = 1 + 0.07 * noise(55, 9, 26, 1) + 0.05 * noise(56, 3, 40, 1)
    s.lay(desk, light.on(colour) * grain[..., None], 0.85, 24, rim=0.5, rimcolour=rimc, rimwidth=2, toward=(0, -1))
    s.lay(mask(box(-20, front + 20, W + 20, H + 20)), light.on(colour) * dark * 0.5, 0)
    s.lay(mask(box(-20, front, W + 20, front + 22)), light.on(colour) * dark, 0.8, 14, rim=0.6, rimcolour=rimc, rimwidth=2, toward=(0, -1))
    return desk


def chair(s, light, x, y, k, colour, rimc, toward, rim=0.4, turned=False):
    """A ladder-back chair; from behind it hides the desk's edge, turned it offers its seat."""
    put = lambda *p: moved(p, x, y, k)
    posts = [stroke(spline([(-150, 400), (-140, 200), (-146, 40), (-158, -110)]), [26, 25, 22, 18]), stroke(spline([(150, 400), (140, 200), (146, 40), (158, -110)]), [26, 25, 22, 18])]
    s.lay(put(*posts), light.on(colour) * 0.85, 0.7, 14, rim=rim, rimcolour=rimc, rimwidth=2.5, toward=toward)
    for i, yy in enumerate((-70, 20, 106)):
        h = 46 - 5 * i
        slat = poly(np.vstack([bezier((-150, yy), (-60, yy - 26), (60, yy - 26), (150, yy), 24), bezier((148, yy + h * 0.7), (60, yy + h - 20), (-60, yy + h - 20), (-148, yy + h * 0.7), 24)]))
        s.lay(put(slat), light.on(colour) * (1.05 - 0.06 * i), 0.6, 9, rim=rim, rimcolour=rimc, rimwidth=2.5, toward=toward)
    if turned:
        seat = np.vstack([bezier((-158, 214), (-150, 196), (-140, 192), (-120, 191), 10), bezier((120, 189), (140, 190), (152, 194), (160, 212), 10),
                          bezier((204, 300), (214, 326), (200, 336), (176, 337), 10), bezier((60, 346), (-60, 348), (-120, 344), (-176, 340), 10),
                          bezier((-200, 338), (-214, 326), (-204, 302), (-200, 294), 10)])
        s.lay(put(poly(seat + [0, 16])), light.on(colour) * 0.7, 0.7, 16)
        s.lay(put(poly(seat)), light.on(colour) * (1.45 - 0.5 * np.clip((YY - y - 190 * k) / (150 * k), 0, 1))[..., None], 0.4, 6, rim=rim, rimcolour=rimc, rimwidth=2.5, toward=toward)
