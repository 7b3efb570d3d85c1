"""Chest radiographs whose pixels carry what is to be learned.

Soft anatomy (body, lungs, heart, diaphragm, spine) is drawn on a 64 x 64 grid and enlarged four times; ribs, fine
lesions and noise are added at full size. Only elementwise arithmetic of single precision is used, no transcendental
functions and no matrix products, so the same seed gives the same pixels on any machine.

    pneumonia       a dense blob in one lung
    heart-failure   a wide heart, haze around the hila, blunt lung bases
    copd            long dark lungs, a low flat diaphragm, a narrow heart
    lung-cancer     a small round nodule

A share of the images shows nothing of its condition, and some show a faint sign of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cloister.simulation.hospitals.conditions import CONDITIONS, Condition
from cloister.simulation.hospitals.profiles import Scanner

Image = NDArray[np.float32]

SIZE = 256
_GRID = 64
_SCALE = SIZE // _GRID
_BANK = 704
_COARSE_GAIN = 1.52
"""Undoes the smoothing of `_enlarge`, whose weights leave 0.656 of the noise's standard deviation."""
_MISSING_SHARE = 0.18
_DISTRACTOR_SHARE = 0.15

_CENTRES: Image = (np.arange(_GRID, dtype=np.float32) + np.float32(0.5)) / np.float32(_GRID)
_Y: Image = _CENTRES[:, None]
_X: Image = _CENTRES[None, :]


@dataclass(frozen=True)
class _Signs:
    """How strongly each condition shows, 0 to 1, in the order of CONDITIONS."""

    blob: float
    heart: float
    inflation: float
    nodule: float


def draw_chest(rng: np.random.Generator, condition: Condition, scanner: Scanner) -> Image:
    """Draw a chest radiograph, bright where X-rays are absorbed.

    Args:
        rng: the image's own stream.
        condition: what the image shows, if it shows anything.
        scanner: gives contrast, brightness and noise.

    Returns:
        A SIZE x SIZE array of float32 from 0 (black) to 1 (white).
    """
    signs = _draw_signs(rng, condition)
    u = rng.random(24, dtype=np.float32)
    image = _enlarge(_anatomy(u, signs))
    _add_ribs(image, u)
    if signs.nodule:
        _add_nodule(image, rng, signs.nodule)
    _expose(image, rng, scanner)
    return image


def stored_values(image: Image, scanner: Scanner) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The image as the scanner stores it: its bit depth, inverted for MONOCHROME1."""
    shown = 1 - image if scanner.photometric == "MONOCHROME1" else image
    levels = shown * np.float32(2**scanner.bits_stored - 1) + np.float32(0.5)
    return levels.astype(np.uint8) if scanner.bits_stored == 8 else levels.astype("<u2")


def _draw_signs(rng: np.random.Generator, condition: Condition) -> _Signs:
    strengths = [0.0, 0.0, 0.0, 0.0]
    chance, strength, other, faint, distractor = rng.random(5)
    if chance >= _MISSING_SHARE:
        strengths[CONDITIONS.index(condition)] = float(0.35 + 0.65 * strength)
    if distractor < _DISTRACTOR_SHARE:
        place = int(other * len(CONDITIONS))
        strengths[place] = max(strengths[place], float(0.2 + 0.5 * faint))
    return _Signs(*strengths)


def _anatomy(u: Image, signs: _Signs) -> Image:
    """Soft structures on the coarse grid, from 24 uniform numbers and the signs."""
    centre = 0.5 + 0.06 * (u[0] - 0.5)
    top = 0.10 + 0.06 * u[1]
    width = 0.92 + 0.16 * u[2]
    inflation, heart_sign = signs.inflation, signs.heart

    body = _ellipse(centre, 0.62, 0.49 * width, 0.66, sharpness=6.0)
    image = np.float32(0.04) + np.float32(0.58 + 0.08 * u[3]) * body

    floor = 0.76 + 0.05 * u[4] + 0.10 * inflation
    dome = (0.10 + 0.05 * u[5]) * (1 - 0.8 * inflation)
    dark = np.float32(0.30 + 0.06 * u[6] + 0.10 * inflation)
    lungs = np.zeros((_GRID, _GRID), np.float32)
    for side, tilt in ((-1.0, 0.0), (1.0, 0.02)):
        middle = centre + side * 0.21 * width
        half = 0.155 * width * (1 + 0.08 * inflation)
        lung = _ellipse(middle, (top + floor + 0.12) / 2, half, (floor + 0.12 - top) / 2, sharpness=4.0)
        below = (_Y - np.float32(floor + tilt - dome) - np.float32(dome) * _square((_X - middle) / half)) * 18
        lungs += lung * (1 - np.clip(below, 0, 1))
    np.clip(lungs, 0, 1, out=lungs)
    image -= dark * lungs

    spine = np.clip(1 - np.abs(_X - centre) / np.float32(0.06), 0, 1)
    image += np.float32(0.14) * spine * body
    size = (0.125 + 0.035 * u[7]) * width * (1 + 0.42 * heart_sign) * (1 - 0.16 * inflation)
    heart = _ellipse(centre + 0.05 + 0.25 * (size - 0.14), 0.63 + 0.03 * u[8], size, 0.17 + 0.02 * u[9], sharpness=3.5)
    image += np.float32(0.30) * heart * lungs + np.float32(0.05) * heart

    hila = _bump(centre - 0.12, 0.46, 0.11) + _bump(centre + 0.12, 0.45, 0.11)
    image += np.float32(0.06 + 0.04 * u[10]) * hila * lungs
    if heart_sign:
        haze = _bump(centre - 0.17, 0.50, 0.24) + _bump(centre + 0.17, 0.50, 0.24)
        bases = _bump(centre - 0.30, 0.80, 0.15) + _bump(centre + 0.30, 0.80, 0.15)
        image += np.float32(0.16 * heart_sign) * haze * lungs
        image += np.float32(0.30 * heart_sign * u[11]) * bases * lungs
    if signs.blob:
        side = -1.0 if u[12] < 0.55 else 1.0
        x, y = centre + side * (0.16 + 0.10 * u[13]), 0.34 + 0.36 * u[14]
        blob = _bump(x, y, 0.10 + 0.07 * u[15], stretch=0.8 + 0.5 * u[16])
        image += np.float32(0.14 + 0.20 * signs.blob) * blob * lungs
    return image


def _square(values: Image) -> Image:
    return values * values


def _ellipse(x: float, y: float, half_width: float, half_height: float, *, sharpness: float) -> Image:
    """1 inside, 0 outside, with a soft edge."""
    distance = _square((_X - np.float32(x)) / np.float32(half_width))
    distance = distance + _square((_Y - np.float32(y)) / np.float32(half_height))
    inside: Image = np.clip((1 - distance) * np.float32(sharpness), 0, 1)
    return inside


def _bump(x: float, y: float, radius: float, *, stretch: float = 1.0) -> Image:
    """A smooth hill of height 1 that ends at `radius`."""
    distance = _square((_X - np.float32(x)) / np.float32(radius))
    distance = distance + _square((_Y - np.float32(y)) / np.float32(radius * stretch))
    return _square(np.clip(1 - distance, 0, 1))


def _enlarge(coarse: Image) -> Image:
    """Four times larger, bilinearly: (64, 64) to (256, 256)."""
    return np.ascontiguousarray(_enlarge_rows(_enlarge_rows(coarse).T).T)


def _enlarge_rows(coarse: Image) -> Image:
    padded = np.concatenate([coarse[:1], coarse, coarse[-1:]])
    fine = np.empty((coarse.shape[0] * _SCALE, coarse.shape[1]), np.float32)
    for step in range(_SCALE):
        offset = (step + 0.5) / _SCALE - 0.5
        first = 0 if offset < 0 else 1
        weight = np.float32(offset % 1.0)
        above, below = padded[first : first + coarse.shape[0]], padded[first + 1 : first + 1 + coarse.shape[0]]
        fine[step::_SCALE] = above * (1 - weight) + below * weight
    return fine


@cache
def _rib_bank() -> Image:
    """Curved bright bands, taller and wider than an image, to cut from."""
    y = np.arange(SIZE + 40, dtype=np.float32)[:, None]
    x = np.abs(np.arange(SIZE + 40, dtype=np.float32)[None, :] - (SIZE + 40) / 2) / SIZE
    phase = (y + 90 * x * x) / np.float32(24) % 1
    band = np.clip(1 - np.abs(phase - np.float32(0.5)) * 5, 0, 1)
    inside = np.clip((np.float32(0.44) - x) * 12, 0, 1) * np.clip((x - np.float32(0.05)) * 16, 0, 1)
    ribs: Image = (band * inside * np.float32(0.07)).astype(np.float32)
    return ribs


@cache
def _noise_bank() -> tuple[Image, Image]:
    """Fine and coarse noise of mean 0 and standard deviation 1, larger than an image, to cut from."""
    rng = np.random.default_rng(20240521)
    coarse = _enlarge(_bell(rng, _BANK // _SCALE)) * np.float32(_COARSE_GAIN)
    return _bell(rng, _BANK), coarse


def _bell(rng: np.random.Generator, size: int) -> Image:
    """Noise of mean 0 and variance 1: sums of four uniform numbers (Irwin-Hall: mean 2, variance 1/3)."""
    total = np.zeros((size, size), np.float32)
    for _ in range(4):
        total += rng.random((size, size), dtype=np.float32)
    return (total - np.float32(2)) * np.float32(3**0.5)


def _add_ribs(image: Image, u: Image) -> None:
    down, right = int(u[17] * 40), int(14 + u[18] * 12)
    image += _rib_bank()[down : down + SIZE, right : right + SIZE]


def _add_nodule(image: Image, rng: np.random.Generator, strength: float) -> None:
    """A round spot of 6 to 14 pixels' radius in one lung, sharper than anything else."""
    side, across, height, size = rng.random(4)
    radius = np.float32(6 + 8 * size)
    x = SIZE * (0.5 + (-1 if side < 0.5 else 1) * (0.14 + 0.14 * across))
    y = SIZE * (0.24 + 0.40 * height)
    left, top = int(x) - 16, int(y) - 16
    offsets = np.arange(32, dtype=np.float32)
    distance = _square(offsets[None, :] + np.float32(left - x)) + _square(offsets[:, None] + np.float32(top - y))
    disc = np.clip((1 - distance / (radius * radius)) * np.float32(2.5), 0, 1)
    image[top : top + 32, left : left + 32] += np.float32(0.10 + 0.20 * strength) * disc


def _expose(image: Image, rng: np.random.Generator, scanner: Scanner) -> None:
    """What the machine makes of it: grey scale, exposure, noise. In place."""
    fine, coarse = _noise_bank()
    (a, b), (c, d) = rng.integers(0, _BANK - SIZE, (2, 2))
    exposure = np.float32(0.9 + 0.2 * rng.random())
    image *= exposure
    if scanner.contrast:
        image *= (1 - np.float32(scanner.contrast)) + np.float32(scanner.contrast) * np.clip(image, 0, 1)
    image += np.float32(scanner.brightness)
    image += np.float32(scanner.noise) * fine[a : a + SIZE, b : b + SIZE]
    image += np.float32(scanner.grain) * coarse[c : c + SIZE, d : d + SIZE]
    np.clip(image, 0, 1, out=image)
