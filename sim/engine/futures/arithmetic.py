"""Functions of floating-point numbers, of sums and products alone, so that every processor gives the same bits."""

from __future__ import annotations

import math
import struct

LOW = 0xFFFFFFFF
"""The lower half of a word."""

ROUNDING = 4503599627370496.0
"""From 2 to the power of 52 on, a number has no fraction."""

LARGEST = 1e300
TINY = 1e-300


def float_of(word: int) -> float:
    """The number whose 64 bits these are."""
    [number] = struct.unpack("<d", struct.pack("<q", word))
    return float(number)


def word_of(number: float) -> int:
    """The 64 bits of a number."""
    [word] = struct.unpack("<q", struct.pack("<d", number))
    return int(word)


def square_root(x: float) -> float:
    """The square root, rounded as IEEE 754 says."""
    return math.sqrt(x)


def rounded(x: float) -> float:
    """A number that is not negative, rounded to a whole one, half to even."""
    return (x + ROUNDING) - ROUNDING


# ---- logarithm and exponential (FreeBSD's msun, e_log.c and e_exp.c: error below one in the last place) ----

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
BY_LN2 = 1.44269504088896338700
ONE_WORD = 0x3FF
"""The exponent in the bits of numbers from 1 to 2."""
HALF_ROOT = 0x3FE6A09E
"""The upper bits of the square root of a half."""


def logarithm(x: float) -> float:
    """The natural logarithm of a positive, normal number."""
    bits = word_of(x)
    high = (bits >> 32) + (0x3FF00000 - HALF_ROOT)
    power = float((high >> 20) - ONE_WORD)
    high = (high & 0x000FFFFF) + HALF_ROOT
    f = float_of((high << 32) | (bits & LOW)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (
        3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    odd = z * (
        6.666666666666735130e-01
        + w
        * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860510658591e-01))
    )
    half = 0.5 * f * f
    return s * (half + (odd + even)) + power * LN2_LOW - half + f + power * LN2_HIGH


def exponential(x: float) -> float:
    """e to the power of a number that is not so large that nothing could hold it; 0 from -700 down."""
    if x < -700.0:
        return 0.0
    power = math.floor(x * BY_LN2 + 0.5)
    high, low = x - power * LN2_HIGH, power * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    found = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return found * float_of((int(power) + ONE_WORD) << 52)


# ---- the normal quantile (Cephes' ndtri, as SciPy has it) ------------------------------------------

EDGE = 0.13533528323661269189
"""e to the power of -2: in between, the quantile is a ratio of polynomials of u itself."""
ROOT_OF_TWO_PI = 2.50662827463100050242


def normal_quantile(u: float) -> float:
    """The value below which the share u of the standard normal distribution lies."""
    if u <= 0.0:
        return -LARGEST
    upper = u > 1.0 - EDGE
    y = 1.0 - u if upper else u
    if y > EDGE:
        y -= 0.5
        return ROOT_OF_TWO_PI * (y + y * (y * y * in_the_middle(y * y)))
    root = square_root(-2.0 * logarithm(y))
    first = root - logarithm(root) / root
    z = 1.0 / root
    found = first - z * (at_the_side(z) if root < 8.0 else far_out(z))
    return found if upper else -found


def in_the_middle(t: float) -> float:
    """The ratio for shares from EDGE to 1 less EDGE."""
    p = -5.99633501014107895267e1
    p = p * t + 9.80010754185999661536e1
    p = p * t - 5.66762857469070293439e1
    p = p * t + 1.39312609387279679503e1
    p = p * t - 1.23916583867381258016
    q = t + 1.95448858338141759834
    q = q * t + 4.67627912898881538453
    q = q * t + 8.63602421390890590575e1
    q = q * t - 2.25462687854119370527e2
    q = q * t + 2.00260212380060660359e2
    q = q * t - 8.20372256168333339912e1
    q = q * t + 1.59056225126211695515e1
    q = q * t - 1.18331621121330003142
    return p / q


def at_the_side(z: float) -> float:
    """The ratio for shares from e to the power of -32 to EDGE, of either side."""
    p = 4.05544892305962419923
    p = p * z + 3.15251094599893866154e1
    p = p * z + 5.71628192246421288162e1
    p = p * z + 4.40805073893200834700e1
    p = p * z + 1.46849561928858024014e1
    p = p * z + 2.18663306850790267539
    p = p * z - 1.40256079171354495875e-1
    p = p * z - 3.50424626827848203418e-2
    p = p * z - 8.57456785154685413611e-4
    q = z + 1.57799883256466749731e1
    q = q * z + 4.53907635128879210584e1
    q = q * z + 4.13172038254672030440e1
    q = q * z + 1.50425385692907503408e1
    q = q * z + 2.50464946208309415979
    q = q * z - 1.42182922854787788574e-1
    q = q * z - 3.80806407691578277194e-2
    q = q * z - 9.33259480895427457372e-4
    return p / q


def far_out(z: float) -> float:
    """The ratio for smaller shares."""
    p = 3.23774891776946035970
    p = p * z + 6.91522889068984211695
    p = p * z + 3.93881025292474443415
    p = p * z + 1.33303460815807542389
    p = p * z + 2.01485389549179081538e-1
    p = p * z + 1.23716634817820021358e-2
    p = p * z + 3.01581553508235416007e-4
    p = p * z + 2.65806974686737550832e-6
    p = p * z + 6.23974539184983293730e-9
    q = z + 6.02427039364742014255
    q = q * z + 3.67983563856160859403
    q = q * z + 1.37702099489081330271
    q = q * z + 2.16236993594496635890e-1
    q = q * z + 1.34204006088543189037e-2
    q = q * z + 3.28014464682127739104e-4
    q = q * z + 2.89247864745380683936e-6
    q = q * z + 6.79019408009981274425e-9
    return p / q


# ---- the gamma quantile ------------------------------------------------------------------------------

TERMS = 10_000
"""At most, of a series; some dozens are usual."""
STEPS = 100
"""At most, of Halley; two or three are usual."""
EXACT = 4e-16


def gamma_below(shape: float, x: float, log_gamma: float) -> float:
    """The share of a gamma distribution of scale 1 below x: the regularised incomplete gamma function.

    By its series below the mean, by Lentz's continued fraction above (Press and others, Numerical Recipes,
    6.2). `log_gamma`: of the shape.
    """
    if x <= TINY:
        return 0.0
    front = exponential(shape * logarithm(x) - x - log_gamma)
    if x < shape + 1.0:
        return front * gamma_series(shape, x)
    return 1.0 - front * gamma_fraction(shape, x)


def gamma_series(shape: float, x: float) -> float:
    """The share below, over what stands in front of it."""
    term = 1.0 / shape
    total, n = term, shape
    for _ in range(TERMS):
        n += 1.0
        term *= x / n
        total += term
        if term < total * 1e-17:
            break
    return total


def gamma_fraction(shape: float, x: float) -> float:
    """The share above, over what stands in front of it."""
    b = x + 1.0 - shape
    c, d = LARGEST, 1.0 / b
    found = d
    for i in range(1, TERMS):
        a = i * (shape - i)
        b += 2.0
        d = a * d + b
        if abs(d) < TINY:
            d = TINY
        c = b + a / c
        if abs(c) < TINY:
            c = TINY
        d = 1.0 / d
        found *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    return found


def gamma_quantile(shape: float, log_gamma: float, u: float, start: float) -> float:
    """The value below which the share u of a gamma distribution of scale 1 lies.

    By Halley's steps from `start`, kept where it can be.
    """
    if u <= 0.0:
        return 0.0
    x, low, high = start, 0.0, LARGEST
    for _ in range(STEPS):
        if not low < x < high:
            x = 0.5 * (low + high) if high < LARGEST else 2.0 * low + TINY
        if x <= TINY:
            return 0.0
        off = gamma_below(shape, x, log_gamma) - u
        if off > 0.0:
            high = x
        else:
            low = x
        density = exponential((shape - 1.0) * logarithm(x) - x - log_gamma)
        if density <= 0.0:
            x = 0.5 * (low + high) if high < LARGEST else 2.0 * x
            continue
        step = off / density
        bend = 1.0 - 0.5 * step * ((shape - 1.0) / x - 1.0)
        step /= min(max(bend, 0.5), 1.5)
        x -= step
        if abs(step) < EXACT * x:
            break
    return x
