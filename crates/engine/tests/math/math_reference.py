"""Writes math_reference.bin: correctly rounded results for every line of math_reference.txt.

Run with Python 3 and mpmath:  python crates/engine/tests/math/math_reference.py

For each point nine bytes: the result as a little-endian double, and what rounding left over, in signed 256ths of a
unit in its last place. The inputs are not stored: `draw` below makes them from the plan, and so does the test.
"""

import math
import struct
from fractions import Fraction
from pathlib import Path

import mpmath
from mpmath import mp, mpf

HERE = Path(__file__).parent
MASK = (1 << 64) - 1


def mix(z):
    """The finaliser of splitmix64."""
    z = (z + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def draw(spec, line, argument, index):
    """One input: a pure function of where it stands in the plan."""
    kind, *rest = spec.split(":")
    word = mix(line << 40 | argument << 32 | index)
    if kind == "list":
        values = rest[0].split(",")
        return float(values[index % len(values)])
    low, high = float(rest[0]), float(rest[1])
    if kind == "uniform":
        return low + (high - low) * ((word >> 11) * 2.0**-53)
    if kind == "spread":
        return from_bits(bits(low) + word % (bits(high) - bits(low) + 1))
    if kind == "multiple":
        return low * float(1 + word % int(high))
    raise ValueError(spec)


def with_digits(digits, function):
    """The function evaluated with a smaller working precision, where the full one would only cost time."""

    def evaluate(*arguments):
        with mp.workdps(digits):
            return function(*arguments)

    return evaluate


FUNCTIONS = {
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "log": lambda x, b: mpmath.log(x) / mpmath.log(b),
    "pow": lambda x, y: mpmath.power(x, y).real,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "ln_gamma": with_digits(60, mpmath.loggamma),
    "normal_cdf": with_digits(60, lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2),
    "inverse_normal": with_digits(60, lambda p: inverse_normal(p)),
}


def inverse_normal(p):
    """The root of the normal distribution function, by Newton's method on its logarithm's argument."""
    if p == 0.5:
        return mpf(0)
    upper = p > 0.5
    q = 1 - p if upper else p
    # Start from the leading term of the tail or of the centre.
    x = -mpmath.sqrt(-2 * mpmath.log(q)) if q < 0.1 else (q - 0.5) * 2.5
    for _ in range(200):
        cdf = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
        density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
        # Newton on ln: converges from both sides in the tail.
        step = mpmath.log(cdf / q) * cdf / density
        x -= step
        if abs(step) < abs(x) * mpf(10) ** -40:
            break
    else:
        raise ArithmeticError(f"no root for {p}")
    return -x if upper else x


def exact(x):
    """An mpf as a fraction."""
    sign, mantissa, exponent, _ = x._mpf_
    value = Fraction(int(mantissa)) * (Fraction(2) ** exponent)
    return -value if sign else value


def rounded(value):
    """The nearest double and the rest in 256ths of its last place."""
    value = mpf(value)
    fraction = exact(value)
    try:
        nearest = fraction.numerator / fraction.denominator
    except OverflowError:
        return math.copysign(math.inf, value), 0
    rest = (fraction - Fraction(nearest)) / Fraction(math.ulp(nearest)) * 256
    return nearest, max(-128, min(127, round(rest)))


def main():
    mp.prec = 1400  # the reduction of the largest angle, and any double's sum with 1, keep 150 bits
    out = bytearray()
    for line, text in enumerate((HERE / "math_reference.txt").read_text().splitlines()):
        if not text or text.startswith("#"):
            continue
        name, count, *specs = text.split()
        for index in range(int(count)):
            arguments = [mpf(draw(spec, line, place, index)) for place, spec in enumerate(specs)]
            out += struct.pack("<db", *rounded(FUNCTIONS[name](*arguments)))
    (HERE / "math_reference.bin").write_bytes(out)


if __name__ == "__main__":
    main()
