"""Paper: the picture as a stack of cut sheets, and the file it becomes.

A Sheet is the picture while it is being stacked, from far to near. Each `lay` puts one more sheet
on top: a shadow on what lies behind it, its colour, the tooth of the paper, a bright edge on the
side the light comes from. Between sheets come glows, mist and dimming. `finish` is the last step,
in one order for every picture: bloom, vignette, a soft shoulder so that lamps do not clip, grain.

The tooth moves on with every sheet that has any, so that no two show the same fibres. Such a sheet
added or taken away therefore changes the fibres of all that are laid after it.
"""

import io
import math
import os

import numpy as np
from PIL import Image

from .fields import H, W, XX, YY, blur, noise, resized, shifted
from .light import linear_to_srgb, rgb, srgb_to_linear
from .shapes import box, mask, moved


def paper(seed=7):
    """The tooth of the paper: fibres, mottling, fine grain."""
    n = 0.5 * noise(seed, 1.6) + 0.35 * noise(seed + 1, 3, 4, 1) + 0.35 * noise(seed + 2, 3, 1, 4)
    n += 0.25 * noise(seed + 3, 24) + 0.2 * noise(seed + 4, 140)
    return (n / n.std()).astype(np.float32)


class Sheet:
    """The picture while it is being stacked."""

    def __init__(self, back, shade="#0a0a1c", toward=(0.0, -1.0), seed=11):
        self.img = np.ones((H, W, 3), np.float32) * back
        self.shade = rgb(shade)
        self.toward = toward  # direction the light comes from
        self.tooth = paper(seed)
        self.count = 0

    def lay(self, m, colour, shadow=0.5, lift=14, rim=0.0, rimcolour="#ffffff", rimwidth=2, tooth=0.035,
            alpha=1.0, clip=None, toward=None):
        """Lays one sheet: shadow on what is below, colour, tooth, bright edge."""
        if not isinstance(m, np.ndarray):
            m = mask(*m)
        if clip is not None:
            m = m * clip
        tx, ty = toward or self.toward
        if shadow:
            wide = shifted(blur(m, lift), -tx * lift * 0.55, -ty * lift * 0.55)
            tight = shifted(blur(m, max(1.2, lift * 0.22)), -tx * lift * 0.15, -ty * lift * 0.15)
            s = np.clip(shadow * (0.62 * wide + 0.38 * tight), 0, 0.95) * (1 - m)
            if clip is not None:
                s = s * clip
            s = s[..., None]
            self.img = self.img * (1 - s) + self.img * self.shade * 2.2 * s
        fill = rgb(colour) if isinstance(colour, str) else np.asarray(colour, np.float32)
        fill = np.broadcast_to(fill, (H, W, 3))
        if tooth:
            self.count += 1
            k = np.roll(self.tooth, (self.count * 131, self.count * 197), (0, 1))
            fill = fill * np.clip(1 + tooth * k, 0.6, 1.5)[..., None]
        a = (m * alpha)[..., None]
        self.img = self.img * (1 - a) + fill * a
        if rim:
            e = np.clip(m - shifted(m, -tx * rimwidth, -ty * rimwidth), 0, 1)
            self.img += (e * rim)[..., None] * (rgb(rimcolour) if isinstance(rimcolour, str) else rimcolour)
        return m

    def glow(self, x, y, radius, colour, power, m=None, squash=1.0, fall=2.0):
        d = np.sqrt((XX - x) ** 2 + ((YY - y) / squash) ** 2) / radius
        g = power * np.exp(-(d**fall) * 1.6) if fall >= 1.5 else power / (1 + (d * 2.2) ** 2) ** 1.6
        if m is not None:
            g = g * m
        self.img += g[..., None] * (rgb(colour) if isinstance(colour, str) else colour)

    def add(self, field, colour, power=1.0):
        self.img += (field * power)[..., None] * (rgb(colour) if isinstance(colour, str) else colour)

    def veil(self, field, colour):
        """Mist: mixes toward a colour by a field of 0 to 1."""
        f = np.clip(field, 0, 1)[..., None]
        self.img = self.img * (1 - f) + (rgb(colour) if isinstance(colour, str) else colour) * f

    def dim(self, field, colour=None):
        f = np.clip(field, 0, 1)[..., None]
        self.img = self.img * (1 - f) + self.img * (self.shade * 2.2 if colour is None else rgb(colour)) * f

    def paste(self, picture, cx, cy, w, rot, light):
        """A finished picture as a small print, w pixels wide, under the scene's light."""
        h = w * H / W
        n = 2 * int(w)
        small = np.stack([resized(picture[..., i], n, round(n * H / W), Image.Resampling.LANCZOS) for i in range(3)], -1)
        c, q = math.cos(-rot), math.sin(-rot)
        u = ((XX - cx) * c - (YY - cy) * q) / w + 0.5
        v = ((XX - cx) * q + (YY - cy) * c) / h + 0.5
        iu = np.clip(u * small.shape[1], 0, small.shape[1] - 1).astype(int)
        iv = np.clip(v * small.shape[0], 0, small.shape[0] - 1).astype(int)
        self.lay(moved([box(-w / 2, -h / 2, w / 2, h / 2)], cx, cy, rot=rot), light.field * srgb_to_linear(small[iv, iu].clip(0, 1)) * 1.2, 0, tooth=0.02)

    def finish(self, path, bloom=0.10, vignette=0.25, grain=0.011, centre=(0.5, 0.5), exposure=1.0, quality=86):
        img = self.img * exposure
        hot = np.clip(img - 0.55, 0, 4)
        img = img + bloom * (0.6 * blur(hot, 14) + 0.4 * blur(hot, 70))
        d2 = ((XX / W - centre[0]) * 1.1) ** 2 + ((YY / H - centre[1]) * 0.95) ** 2
        img *= (1 - vignette * np.clip(d2 / 0.42, 0, 1) ** 1.3)[..., None]
        img = img / (1 + img**4) ** 0.25  # straight to about 0.6, then a soft shoulder
        out = linear_to_srgb(img)
        g = noise(901, 1.5)
        out = out + (grain * g * (0.55 + 0.9 * np.clip(out.mean(-1), 0, 0.6)))[..., None]
        rng = np.random.default_rng(5)
        out = out + rng.uniform(-0.5, 0.5, out.shape) / 255
        im = Image.fromarray(np.clip(out * 255 + 0.5, 0, 255).astype(np.uint8))
        if path is not None:
            save(im, path, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")
        return out.astype(np.float32)


def save(im, path, kind, **kw):
    """Whole file or none."""
    data = io.BytesIO()
    im.save(data, kind, **kw)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data.getvalue())
    os.replace(part, path)
    print(f"{path}  {im.width}×{im.height}  {len(data.getvalue()) // 1024} KB")
