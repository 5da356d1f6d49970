"""Fields: one number for every pixel of the canvas.

A mask, a shadow, mist and grain are all fields, so every other file here builds on this one. It
fixes the canvas, and holds what is done to a field whatever it stands for: blur it, shift it, or
make it from noise. All noise starts from a seed its caller gives, so that the same code, with the
same numpy and Pillow, draws the same picture to the byte.
"""

import math

import numpy as np
from PIL import Image

W, H = 1920, 1080
YY, XX = np.mgrid[0:H, 0:W].astype(np.float32)


def box_blur(a, r, axis):
    pad = [(0, 0)] * a.ndim
    pad[axis] = (r + 1, r)
    c = np.cumsum(np.pad(a, pad, mode="edge"), axis=axis, dtype=np.float64)
    n = a.shape[axis]
    hi = np.take(c, range(2 * r + 1, 2 * r + 1 + n), axis)
    lo = np.take(c, range(0, n), axis)
    return ((hi - lo) / (2 * r + 1)).astype(np.float32)


def resized(a, w, h, how=Image.Resampling.BICUBIC):
    return np.asarray(Image.fromarray(a.astype(np.float32)).resize((w, h), how))


def blur(a, sigma):
    """Near-Gaussian blur of a field; wide ones are done small."""
    if a.ndim == 3:
        return np.stack([blur(a[..., i], sigma) for i in range(a.shape[2])], -1)
    h, w = a.shape
    k = 1 if sigma < 5 else 4 if sigma < 40 else 8
    s = resized(a, w // k, h // k, Image.Resampling.BOX) if k > 1 else a
    r = max(1, round((math.sqrt(4 * (sigma / k) ** 2 + 1) - 1) / 2))
    for _ in range(3):
        s = box_blur(box_blur(s, r, 0), r, 1)
    return resized(s, w, h) if k > 1 else s


def shifted(a, dx, dy):
    out = np.zeros_like(a)
    h, w = a.shape[:2]
    dx, dy = int(round(dx)), int(round(dy))
    out[max(0, dy) : h + min(0, dy), max(0, dx) : w + min(0, dx)] = a[
        max(0, -dy) : h + min(0, -dy), max(0, -dx) : w + min(0, -dx)]
    return out


def noise(seed, cell, sx=1.0, sy=1.0):
    """Smooth noise, mean 0, deviation 1, with features about `cell` pixels across."""
    rng = np.random.default_rng(seed)
    gw, gh = max(4, int(W / cell / sx)), max(4, int(H / cell / sy))
    n = resized(rng.standard_normal((gh, gw)), W, H)
    return (n - n.mean()) / n.std()


def wave(x, seed, cell, octaves=3, fall=0.5):
    """Smooth one-dimensional noise at x, in about -1 to 1."""
    rng = np.random.default_rng(seed)
    x = np.asarray(x, np.float64)
    y = np.zeros_like(x)
    for o in range(octaves):
        knots = rng.uniform(-1, 1, 4096)
        p = x / (cell * 0.5**o) + 2000 + 13.7 * o
        i = np.floor(p).astype(int)
        f = p - i
        f = f * f * f * (f * (f * 6 - 15) + 10)
        y += fall**o * (knots[i % 4096] * (1 - f) + knots[(i + 1) % 4096] * f)
    return y
