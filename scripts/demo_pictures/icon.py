"""The program's icon.

It is drawn here because it shares the colours, the outlines and the saving with the pictures; it
has its own small canvas, 512 pixels square with a transparent surround, and no paper.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

from .light import linear_to_srgb, ramp, rgb
from .paper import save
from .shapes import box, disc


def icon(path):
    """A record dot at the head of three lines of text: the words and the take in one sign."""
    n, k = 512, 4
    big = n * k

    def plate(x0, y0, x1, y1, r):
        """A square whose corners round off smoothly (a superellipse in each corner)."""
        q = np.linspace(0, math.pi / 2, 40)
        e = 2 / 2.6
        cx, cy = np.cos(q) ** e, np.sin(q) ** e
        pts = [np.stack([x1 - r + r * cx, y1 - r + r * cy], 1), np.stack([x0 + r - r * cx[::-1], y1 - r + r * cy[::-1]], 1),
               np.stack([x0 + r - r * cx, y0 + r - r * cy], 1), np.stack([x1 - r + r * cx[::-1], y0 + r - r * cy[::-1]], 1)]
        return np.vstack(pts)

    def cover(*shapes):
        im = Image.new("L", (big, big), 0)
        d = ImageDraw.Draw(im)
        for p in shapes:
            d.polygon([tuple(v) for v in np.asarray(p) * k], fill=255)
        return np.asarray(im.reduce(k), np.float32) / 255

    def bar(x0, x1, y, h):
        return box(x0, y - h / 2, x1, y + h / 2, h / 2)[1]

    yy, xx = np.mgrid[0:n, 0:n].astype(np.float32)
    outer = cover(plate(16, 16, 496, 496, 118))
    inner = cover(plate(18.5, 18.5, 493.5, 493.5, 116))
    t = np.clip((yy - 16) / 480, 0, 1)
    img = ramp(t, (0, "#24242a"), (0.5, "#17171b"), (1, "#0d0d10"))
    edge = np.clip(outer - inner, 0, 1)
    img += (edge * (1 - t) ** 1.6)[..., None] * rgb("#8a8a94") * 0.55
    white, red = rgb("#f6efe4"), rgb("#ff3b30")
    dx, dy, r = 152, 256, 66
    d = np.hypot(xx - dx, yy - dy)
    img += (0.045 * np.exp(-((d / 118) ** 2)) * inner)[..., None] * rgb("#ff2a20")
    # the line being read is the bright one; those before and after it wait
    for x0, x1, y, h, a in ((86, 342, 132, 50, 0.22), (254, 426, 256, 54, 1.0), (86, 384, 380, 50, 0.34)):
        m = cover(bar(x0, x1, y, h))[..., None] * a
        img = img * (1 - m) + white * m
    m = cover(disc(dx, dy, r)[1])[..., None]
    ball = red * (1.0 + 0.16 * np.clip((dy - yy) / r, -1, 1))[..., None] + (0.10 * np.exp(-(((xx - dx + 16) / 30) ** 2 + ((yy - dy + 24) / 22) ** 2)))[..., None] * rgb("#ffd0c0")
    img = img * (1 - m) + ball * m
    out = np.dstack([linear_to_srgb(img), outer])
    image = Image.fromarray((out * 255 + 0.5).astype(np.uint8), "RGBA")
    save(image, path, "PNG", optimize=True)
    # What a window shows of itself; the large one would be unpacked and handed over at each start.
    save(image.resize((128, 128), Image.Resampling.LANCZOS), path.with_name("icon-window.png"), "PNG", optimize=True)
