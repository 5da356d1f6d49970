"""Outdoors: the hills, the pines and the night bus seen from afar.

They stand in more than one picture and have to be recognised from one to the next, above all the
bus, which is in every picture. (The bus that fills the second picture is drawn there.)
"""

import numpy as np

from .fields import H, W, XX, YY, blur, wave
from .light import rgb
from .shapes import box, disc, mask, moved, poly


def ridge(y, amp, seed, cell=420, octaves=3, bend=None, step=4):
    """A hill that fills everything below its edge; bend adds a slow curve."""
    x = np.arange(-40, W + 41, step)
    e = y + (amp(x) if callable(amp) else amp) * wave(x, seed, cell, octaves)
    if bend is not None:
        e = e + bend(x)
    return [poly(np.vstack([np.stack([x, e], 1), [(W + 40, H + 60), (-40, H + 60)]]))], lambda q: np.interp(q, x, e)


def pine(x, y, h, seed=0):
    rng = np.random.default_rng(seed)
    lean = rng.uniform(-0.02, 0.02) * h
    parts = [poly([(x - h * 0.025, y + 2), (x + h * 0.025, y + 2), (x + lean, y - h * 0.8)])]
    n = 4
    for i in range(n):
        b, t = y - h * (0.10 + 0.20 * i), y - h * (0.46 + 0.18 * i)
        w = h * (0.25 - 0.047 * i) * rng.uniform(0.9, 1.1)
        c = x + lean * i / n
        parts.append(poly([(c - w, b), (c - w * 0.42, b - h * 0.035), (c, b + h * 0.012),
                           (c + w * 0.42, b - h * 0.035), (c + w, b), (c + lean / n, t)]))
    return parts


def pines(edge, xs, hs, seed):
    return [pine(x, edge(x) + 4, h, seed + i) for i, (x, h) in enumerate(zip(xs, hs))]


def small_bus(sheet, x, y, k, body="#8f2f2a", glass="#ffcf7a", lamp=2.2, facing=-1, tilt=0.0, beam=0.0, shadow=0.5,
              tyre="#0c0a12", roof=None, clip=None):
    """The night bus from afar: about 100 × 42 units of k pixels, its wheels at (x, y)."""
    put = lambda *p: moved(p, x, y, k, kx=k * -facing, rot=tilt)
    if beam:
        cone = mask(*put(poly([(-48, -12), (-190, -34), (-190, 8)])))
        d = np.hypot(XX - x, YY - y) / (190 * k)
        sheet.add(blur(cone, max(1, 2 * k)) * np.clip(1 - d, 0, 1) ** 1.5 * (1 if clip is None else clip), "#ffdf9e", beam)
    sheet.lay(put(box(-50, -38, 50, -5, 8)), body, shadow, max(3, 4 * k), rim=0.25, rimcolour="#ffd9b0", rimwidth=1, clip=clip)
    sheet.lay(put(box(-44, -39.5, 44, -35, 2.2)), roof or body, 0, clip=clip)
    sheet.lay(put(disc(-30, -5, 7), disc(30, -5, 7)), tyre, 0, clip=clip)
    if k > 1:
        sheet.lay(put(disc(-30, -5, 3), disc(30, -5, 3)), "#c9a080", 0, clip=clip)
    panes = [box(-47, -33, -37, -17, 2)] + [box(-34 + 16.5 * i, -33, -21 + 16.5 * i, -19, 2) for i in range(5)]
    w = mask(*put(*panes)) * (1 if clip is None else clip)
    sheet.lay(w, rgb(glass) * lamp, 0, tooth=0)
    sheet.add(blur(w, 5 * k + 1), glass, 0.5 * lamp / 2.2)
    h = mask(*put(disc(-49, -12, 2.6))) * (1 if clip is None else clip)
    sheet.lay(h, rgb("#fff0c8") * lamp * 1.3, 0, tooth=0)
    sheet.add(blur(h, 4 * k + 1), "#ffe2a8", 2.0 * lamp / 2.2)
