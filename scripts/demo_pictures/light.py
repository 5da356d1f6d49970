"""Colour as light: how colours are mixed, and how lamps fall on them.

Colours are written as '#rrggbb' where they are chosen and become linear light at once, because
light only adds up rightly there; gradients go through Oklab, where the way from one colour to
another shows no grey or dark middle. A Light is what falls on a whole scene: one ambient colour
and any number of lamps. Scenes ask it what a sheet of some colour sends back, so a lamp that moves
changes everything near it.
"""

import numpy as np

from .fields import H, W, XX, YY


def srgb_to_linear(c):
    c = np.asarray(c, np.float32)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(c):
    c = np.clip(c, 0.0, 1.0)
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * np.power(c, 1 / 2.4) - 0.055)


def rgb(text):
    """'#rrggbb' as linear light."""
    text = text.lstrip("#")
    return srgb_to_linear([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)]).astype(np.float32)


LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]])
LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]])


def to_oklab(c):
    return np.cbrt(np.asarray(c) @ LMS.T) @ LAB.T


def from_oklab(c):
    return np.clip(((c @ np.linalg.inv(LAB).T) ** 3) @ np.linalg.inv(LMS).T, 0, None)


def ramp(t, *stops):
    """Colours for the field t; stops are (position, '#rrggbb'), mixed in Oklab."""
    at = [s[0] for s in stops]
    lab = np.array([to_oklab(rgb(s[1])) for s in stops])
    fine = np.linspace(at[0], at[-1], 512)
    table = from_oklab(np.stack([np.interp(fine, at, lab[:, i]) for i in range(3)], 1))
    table = table.astype(np.float32)
    return np.stack([np.interp(t, fine, table[:, i]) for i in range(3)], -1).astype(np.float32)


def down(*stops):
    """A gradient from top to bottom; positions in pixels."""
    return ramp(YY, *stops)


class Light:
    """Ambient light and lamps; what a sheet of a given colour sends back."""

    def __init__(self, ambient, *lamps):
        self.field = np.ones((H, W, 3), np.float32) * (rgb(ambient) if isinstance(ambient, str) else ambient)
        for x, y, colour, power, reach in lamps:
            d2 = ((XX - x) ** 2 + ((YY - y) * 1.1) ** 2) / reach**2
            self.field += (power / (1 + d2) ** 1.35)[..., None] * rgb(colour)

    def on(self, colour):
        return self.field * (rgb(colour) if isinstance(colour, str) else colour)

    def dimmed(self, k):
        other = Light.__new__(Light)
        other.field = self.field * np.float32(k)
        return other
