"""Derives the polynomial and rational constants of `engine::math`.

Run with Python 3 and mpmath:  python crates/engine/tests/math/math_coefficients.py [NAME...]

Each kernel is interpolated at Chebyshev nodes in 60 digits, which lies within a small factor of the best
approximation, and its coefficients are rounded to doubles. The last column is the largest error of the rounded
kernel, relative to the whole function, in units of 2^-53.
"""

import sys

from math_reference import inverse_normal
from mpmath import mp, mpf, lu_solve, matrix, pi, cos, sin, exp, log, atanh, atan, asin, sinh, cosh, sqrt
from mpmath import erfc, erf, loggamma

mp.dps = 60


def nodes(low, high, count):
    """Chebyshev nodes of an interval."""
    return [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def polynomial(function, low, high, count):
    """Coefficients, lowest first, of the polynomial through `function` at the nodes."""
    points = nodes(mpf(low), mpf(high), count)
    system = matrix(count, count)
    right = matrix(count, 1)
    for row, x in enumerate(points):
        for column in range(count):
            system[row, column] = x**column
        right[row] = function(x)
    return [float(c) for c in lu_solve(system, right)]


def rational(function, low, high, top, bottom, lead=None):
    """Coefficients of P/Q with Q(0) = 1 through `function` at the nodes; `lead` fixes P(0)."""
    free = top - (lead is not None)
    count = free + bottom - 1
    points = nodes(mpf(low), mpf(high), count)
    system = matrix(count, count)
    right = matrix(count, 1)
    first = top - free
    for row, x in enumerate(points):
        y = function(x)
        for column in range(free):
            system[row, column] = x ** (column + first)
        for column in range(1, bottom):
            system[row, free + column - 1] = -y * x**column
        right[row] = y - (mpf(lead) if lead is not None else 0)
    solution = lu_solve(system, right)
    above = ([lead] if lead is not None else []) + [float(c) for c in solution[:free]]
    return above, [1.0] + [float(c) for c in solution[free:]]


def evaluate(coefficients, x):
    """The polynomial at x, in high precision."""
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + mpf(c)
    return total


def worst(approximation, function, low, high, samples=2001):
    """Largest relative error over a grid, in units of 2^-53."""
    low, high = mpf(low), mpf(high)
    largest = mpf(0)
    for i in range(samples):
        x = low + (high - low) * (i + mpf("0.5")) / samples
        largest = max(largest, abs(approximation(x) / function(x) - 1))
    return float(largest * 2**53)


def show(name, coefficients, error):
    """One Rust constant."""
    print(f"// {name}: {error:.4f} units of 2^-53")
    print(f"const {name.upper()}: [f64; {len(coefficients)}] = [")
    for c in coefficients:
        print(f"    {c!r},")
    print("];")


def show_ratio(name, function, low, high, top, bottom):
    """Two Rust constants, numerator and denominator."""
    above, below = rational(function, low, high, top, bottom)
    error = worst(lambda x: evaluate(above, x) / evaluate(below, x), function, low, high, 400)
    show(name + "_above", above, error)
    show(name + "_below", below, error)


def parts(name, value, count, bits=None):
    """A constant as a sum of doubles, the leading ones cut to `bits` bits."""
    rest = value
    print(f"// {name}")
    for i in range(count):
        part = mpf(float(rest))
        if bits and i < count - 1:
            scale = mpf(2) ** (bits - 1 - int(mp.floor(mp.log(abs(rest), 2))))
            part = mp.floor(rest * scale) / scale
        print(f"    {float(part)!r}, // {float(part).hex()}")
        rest -= part


def k_exp():
    limit = "0.34658"
    q = polynomial(lambda r: ((exp(r) - 1 - r) / r**2 - mpf(1) / 2) / r, f"-{limit}", limit, 10)
    show("exp_tail", q, worst(lambda r: 1 + r + r * r / 2 + r**3 * evaluate(q, r), exp, f"-{limit}", limit))


def k_ln():
    limit = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.0001")
    whole = lambda z: 2 * atanh(sqrt(z)) / sqrt(z)
    q = polynomial(lambda z: (whole(z) - 2) / z, 1e-9, limit, 7)
    show("ln_tail", q, worst(lambda z: 2 + z * evaluate(q, z), whole, 1e-9, limit))


def k_ln_pair():
    edge = sqrt(mpf("1.5"))
    limit = ((edge - 1) / (edge + 1)) ** 2 * mpf("1.01")
    whole = lambda z: 3 * atanh(sqrt(z)) / sqrt(z)
    q = polynomial(lambda z: ((whole(z) - 3) / z - 1) / z, 1e-9, limit, 8)
    show("ln_pair_tail", q, worst(lambda z: 3 + z + z * z * evaluate(q, z), whole, 1e-9, limit))
    parts("ln 1.5, 32 bits first", log(mpf("1.5")), 2, 32)
    parts("2/3, 26 bits first", mpf(2) / 3, 2, 26)


def k_sin():
    limit = mpf("0.79") ** 2
    whole = lambda z: sin(sqrt(z)) / sqrt(z)
    q = polynomial(lambda z: (whole(z) - 1) / z, 1e-9, limit, 7)
    show("sin_tail", q, worst(lambda z: 1 + z * evaluate(q, z), whole, 1e-9, limit))


def k_cos():
    limit = mpf("0.79") ** 2
    whole = lambda z: cos(sqrt(z))
    q = polynomial(lambda z: (whole(z) - 1 + z / 2) / z**2, 1e-9, limit, 7)
    show("cos_tail", q, worst(lambda z: 1 - z / 2 + z * z * evaluate(q, z), whole, 1e-9, limit))


def k_atan():
    limit = (mpf(7) / 16) ** 2
    whole = lambda z: atan(sqrt(z)) / sqrt(z)
    q = polynomial(lambda z: (whole(z) - 1) / z, 1e-9, limit, 11)
    show("atan_tail", q, worst(lambda z: 1 + z * evaluate(q, z), whole, 1e-9, limit))
    for c in ("0.5", "1", "1.5"):
        parts(f"atan {c}", atan(mpf(c)), 2)
    parts("pi/2", pi / 2, 2)
    parts("pi/4", pi / 4, 2)
    parts("pi", pi, 2)


def k_asin():
    limit = mpf("0.2501")
    whole = lambda z: asin(sqrt(z)) / sqrt(z)
    q = polynomial(lambda z: (whole(z) - 1) / z, 1e-9, limit, 13)
    show("asin_tail", q, worst(lambda z: 1 + z * evaluate(q, z), whole, 1e-9, limit))


def k_sinh():
    whole = lambda z: sinh(sqrt(z)) / sqrt(z)
    q = polynomial(lambda z: (whole(z) - 1) / z, 1e-9, 1.001, 8)
    show("sinh_tail", q, worst(lambda z: 1 + z * evaluate(q, z), whole, 1e-9, 1.001))


def k_inverse_normal():
    edge = mpf("0.180625")
    centre = lambda r: inverse_normal(mpf(1) / 2 + sqrt(edge - r)) / sqrt(edge - r)
    show_ratio("centre", centre, 0, edge - mpf("1e-9"), 9, 9)
    for name, low, high, count in (("near_tail", "1.59", "5.6", 10), ("far_tail", "5.6", "27.4", 9)):
        tail = lambda r: -inverse_normal(exp(-((r + mpf(low)) ** 2)))
        show_ratio(name, tail, 0, mpf(high) - mpf(low), count, count)


def k_normal_cdf():
    whole = lambda z: (erf(sqrt(z / 2)) / 2) / sqrt(z)
    p = polynomial(whole, 1e-9, mpf("0.67") ** 2, 9)
    show("cdf_centre", p, worst(lambda z: evaluate(p, z), whole, 1e-9, mpf("0.67") ** 2))
    scaled = lambda x: exp(x * x / 2) * erfc(x / sqrt(2)) / 2
    for name, low, high in (("cdf_near", "0.66", "5.5"), ("cdf_far", "5.5", "40")):
        show_ratio(name, lambda r: scaled(r + mpf(low)), 0, mpf(high) - mpf(low), 10, 11)


def k_ln_gamma():
    def tail(w):
        z = 1 / sqrt(w)
        return (loggamma(z) - (z - mpf(1) / 2) * log(z) + z - log(2 * pi) / 2) * z

    p = polynomial(tail, 1e-9, mpf(1) / 64, 7)
    show("stirling", p, worst(lambda w: evaluate(p, w), tail, 1e-9, mpf(1) / 64))
    low, high = mpf(10) ** 305, mpf(10) ** 306
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if loggamma(middle) < mpf(2) ** 1024 else (low, middle)
    print("// ln_gamma overflows at", repr(float(low)))


def k_constants():
    parts("ln 2, 32 bits first", log(2), 3, 32)
    parts("ln 2", log(2), 2)
    parts("1 / ln 2", 1 / log(2), 1)
    parts("1 / ln 10", 1 / log(10), 2)
    parts("ln 1.5", log(mpf("1.5")), 2)
    parts("2 / pi", 2 / pi, 1)
    parts("pi / 2", pi / 2, 4)
    parts("1 / 3", mpf(1) / 3, 2)
    parts("sqrt(1/2)", sqrt(mpf(1) / 2), 1)
    parts("ln sqrt(2 pi)", log(sqrt(2 * pi)), 2)
    parts("sqrt(2)", sqrt(mpf(2)), 2)
    parts("1/sqrt(2 pi)", 1 / sqrt(2 * pi), 2)
    parts("2/sqrt(pi)", 2 / sqrt(pi), 2)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for name, derive in list(globals().items()):
        if name.startswith("k_") and (not wanted or name[2:] in wanted):
            derive()
