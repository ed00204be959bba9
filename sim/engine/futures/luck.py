"""Uniform numbers, one stream for each purpose: NumPy's SeedSequence and PCG64, to the bit.

A word has 64 bits with a sign here; what is above is lost, as it is in unsigned words of 64 bits.
"""

from __future__ import annotations

from sim.engine.futures.arithmetic import LOW
from sim.engine.rows import Numbers, Row

SIGN = -0x8000000000000000
UNIT = 2.0**-53


class StreamRow(Row):
    """A generator: state and increment, 128 bits each."""

    high: int
    low: int
    odd_high: int
    odd_low: int
    leap_high: int
    """What LEAP steps at once add."""
    leap_low: int


def signed(word: int) -> int:
    """A word of 64 bits as a number with a sign."""
    return word - (1 << 64) if word >> 63 else word


MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
"""Of PCG64 (O'Neill 2014)."""

LEAP = 9
"""Steps that are taken at once: the marks of a story that breaks nothing."""

BY_LEAP = pow(MULTIPLIER, LEAP, 1 << 128)

M_HIGH, M_LOW = signed(MULTIPLIER >> 64), signed(MULTIPLIER & ((1 << 64) - 1))
M_1, M_0 = (MULTIPLIER >> 32) & LOW, MULTIPLIER & LOW
L_HIGH, L_LOW = signed(BY_LEAP >> 64), signed(BY_LEAP & ((1 << 64) - 1))
L_1, L_0 = (BY_LEAP >> 32) & LOW, BY_LEAP & LOW


def above(a: int, b_1: int, b_0: int) -> int:
    """The upper word of a product of two words, the second of which is given in halves."""
    a_0, a_1 = a & LOW, (a >> 32) & LOW
    carried = a_1 * b_0 + (((a_0 * b_0) >> 32) & LOW)
    rest = a_0 * b_1 + (carried & LOW)
    return a_1 * b_1 + ((carried >> 32) & LOW) + ((rest >> 32) & LOW)


def step(s: StreamRow) -> None:
    """Go on by one number."""
    high, low = s.high, s.low
    product = low * M_LOW
    found = product + s.odd_low
    carry = 1 if (found ^ SIGN) < (product ^ SIGN) else 0
    s.high = high * M_LOW + low * M_HIGH + above(low, M_1, M_0) + s.odd_high + carry
    s.low = found


def leap(s: StreamRow) -> None:
    """Go on by LEAP numbers."""
    high, low = s.high, s.low
    product = low * L_LOW
    found = product + s.leap_low
    carry = 1 if (found ^ SIGN) < (product ^ SIGN) else 0
    s.high = high * L_LOW + low * L_HIGH + above(low, L_1, L_0) + s.leap_high + carry
    s.low = found


def ready_to_leap(s: StreamRow) -> None:
    """Work out what LEAP steps add."""
    high, low = s.high, s.low
    s.high, s.low = 0, 0
    for _ in range(LEAP):
        step(s)
    s.leap_high, s.leap_low = s.high, s.low
    s.high, s.low = high, low


def uniform(s: StreamRow) -> float:
    """The next number from 0 to 1, one of 2 to the power of 53."""
    step(s)
    word, by = s.high ^ s.low, (s.high >> 58) & 63
    if by > 0:
        word = ((word >> by) & ((1 << (64 - by)) - 1)) | (word << (64 - by))
    return float((word >> 11) & 0x1FFFFFFFFFFFFF) * UNIT


# ---- the beginning of a stream (NumPy's SeedSequence, by O'Neill 2015) -------------------------------

A, BY_A = 0x43B0D7E5, 0x931E8875
B, BY_B = 0x8B51F9DD, 0x58F38DED
MIX_LEFT, MIX_RIGHT = 0xCA01F9DD, 0x4973F715
POOL = 4
"""Halves of words that hold the entropy."""

WORDS = 10
"""The length of a `pool`: entropy, words, and what its next constant is."""
CONSTANT = 8


def hashed(pool: Numbers, value: int) -> int:
    """Half a word, stirred; each time by another constant."""
    constant = pool[CONSTANT]
    value = (value ^ constant) & LOW
    constant = (constant * BY_A) & LOW
    pool[CONSTANT] = constant
    value = (value * constant) & LOW
    return value ^ (value >> 16)


def mixed(x: int, y: int) -> int:
    """Two halves as one."""
    found = (MIX_LEFT * x - MIX_RIGHT * y) & LOW
    return found ^ (found >> 16)


def stir_in(pool: Numbers, value: int) -> None:
    """Take one more number into account: all of the pool depends on it."""
    for place in range(POOL):
        pool[place] = mixed(pool[place], hashed(pool, value))


def begin(
    s: StreamRow, pool: Numbers, seed: int, replication: int, purpose: int, whose: int
) -> None:
    """Begin the stream of a purpose; `whose`: of which kind or team; -1: of none."""
    pool[CONSTANT] = A
    for place in range(POOL):
        pool[place] = hashed(pool, (seed >> (32 * place)) & LOW if place < 2 else 0)
    for source in range(POOL):
        for target in range(POOL):
            if source != target:
                pool[target] = mixed(pool[target], hashed(pool, pool[source]))
    stir_in(pool, replication)
    stir_in(pool, purpose)
    if whose >= 0:
        stir_in(pool, whose)
    constant = B
    for place in range(POOL):
        word = 0
        for half in range(2):
            value = pool[(2 * place + half) % POOL] ^ constant
            constant = (constant * BY_B) & LOW
            value = (value * constant) & LOW
            word |= (value ^ (value >> 16)) << (32 * half)
        pool[POOL + place] = word
    start(s, pool[POOL], pool[POOL + 1], pool[POOL + 2], pool[POOL + 3])


def start(s: StreamRow, high: int, low: int, odd_high: int, odd_low: int) -> None:
    """Put a generator to where PCG64 begins with these words."""
    s.odd_high = (odd_high << 1) | ((odd_low >> 63) & 1)
    s.odd_low = (odd_low << 1) | 1
    s.high, s.low = 0, 0
    step(s)
    found = s.low + low
    carry = 1 if (found ^ SIGN) < (low ^ SIGN) else 0
    s.high = s.high + high + carry
    s.low = found
    step(s)
