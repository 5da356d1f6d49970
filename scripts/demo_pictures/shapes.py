"""Shapes: curves, the outlines built from them, and the mask they cut.

A shape is a list of (kind, points, value) in canvas pixels, and may hold other such lists. So a
thing is drawn once, around its own origin, and `moved` puts it into the scene at any size and
angle. `mask` turns shapes into the coverage of one sheet of paper; it draws them three times too
large and reduces, which keeps the cut edges smooth. A shape of value 0 cuts a hole into those
before it.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

from .fields import H, W

SS = 3  # supersampling of every mask


def spline(points, n=24, closed=False):
    """Catmull-Rom through the points."""
    p = np.array(points, float)
    p = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, n, endpoint=False)[:, None]
    out = []
    for i in range(1, len(p) - 2):
        a, b, c, d = p[i - 1], p[i], p[i + 1], p[i + 2]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    out = np.vstack(out)
    return out if closed else np.vstack([out, p[-2]])


def bezier(a, b, c, d, n=40):
    t = np.linspace(0, 1, n)[:, None]
    a, b, c, d = (np.array(q, float) for q in (a, b, c, d))
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t**3 * d


def ribbon(path, widths):
    """The outline of a stroke whose width changes along its path."""
    p = np.array(path, float)
    d = np.gradient(p, axis=0)
    d /= np.maximum(1e-6, np.hypot(d[:, 0], d[:, 1]))[:, None]
    nrm = np.stack([-d[:, 1], d[:, 0]], 1)
    w = np.interp(np.linspace(0, 1, len(p)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.vstack([p + nrm * w, (p - nrm * w)[::-1]])


def poly(points, v=255):
    return ("poly", np.asarray(points, float), v)


def disc(x, y, rx, ry=None, v=255):
    a = np.linspace(0, 2 * math.pi, 120, endpoint=False)
    return ("poly", np.stack([x + rx * np.cos(a), y + (ry or rx) * np.sin(a)], 1), v)


def box(x0, y0, x1, y1, r=0, v=255):
    if r <= 0:
        return poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], v)
    r = min(r, (x1 - x0) / 2, (y1 - y0) / 2)
    q = np.linspace(0, math.pi / 2, 14)
    pts = []
    for cx, cy, s in ((x1 - r, y1 - r, 0), (x0 + r, y1 - r, 1), (x0 + r, y0 + r, 2), (x1 - r, y0 + r, 3)):
        pts += [(cx + r * math.cos(a + s * math.pi / 2), cy + r * math.sin(a + s * math.pi / 2)) for a in q]
    return poly(pts, v)


def stroke(path, width, v=255):
    """A line with round ends; width is one number or a list along the path."""
    w = width if np.iterable(width) else [width, width]
    p = np.array(path, float)
    if len(p) == 2:
        p = np.linspace(p[0], p[1], 12)
    parts = [poly(ribbon(p, w), v)]
    for q, r in ((p[0], w[0] / 2), (p[-1], w[-1] / 2)):
        if r > 0.2:
            parts.append(disc(q[0], q[1], r, v=v))
    return parts


def flat(prims):
    for p in prims:
        if isinstance(p, list):
            yield from flat(p)
        else:
            yield p


def moved(prims, x=0, y=0, k=1.0, kx=None, rot=0.0):
    """The same shapes scaled, turned and moved (kx=-k mirrors)."""
    c, s = math.cos(rot), math.sin(rot)
    out = []
    for kind, p, v in flat(prims):
        q = p * np.array([k if kx is None else kx, k])
        q = np.stack([q[:, 0] * c - q[:, 1] * s, q[:, 0] * s + q[:, 1] * c], 1)
        out.append((kind, q + [x, y], v))
    return out


def mask(*prims):
    """Coverage of the shapes, drawn in order; v=0 cuts a hole."""
    prims = list(flat(prims))
    out = np.zeros((H, W), np.float32)
    allp = np.vstack([p for _, p, v in prims if v])
    x0, y0 = np.floor(np.clip(allp.min(0) - 2, -4, [W, H])).astype(int)
    x1, y1 = np.ceil(np.clip(allp.max(0) + 2, 0, [W + 4, H + 4])).astype(int)
    if x1 <= x0 or y1 <= y0:
        return out
    im = Image.new("L", ((x1 - x0) * SS, (y1 - y0) * SS), 0)
    d = ImageDraw.Draw(im)
    for _, p, v in prims:
        d.polygon([tuple(q) for q in (p - [x0, y0]) * SS], fill=v)
    small = np.asarray(im.reduce(SS), np.float32) / 255
    cx0, cy0, cx1, cy1 = max(0, x0), max(0, y0), min(W, x1), min(H, y1)
    out[cy0:cy1, cx0:cx1] = small[cy0 - y0 : cy1 - y0, cx0 - x0 : cx1 - x0]
    return out
