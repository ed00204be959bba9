"""Numbers put in order, and the two of them between which a quantile lies.

They are dealt out by their digits, from the last on: to compare two at a time would cost more, as a processor
cannot guess which is less. The loops keep to what numba compiles, and run uncompiled too.
"""

from __future__ import annotations

from sim.measures.book import OF_LEADS, OF_WAITS, SPANS, Book

MOST_BITS = 11
"""Of a digit."""

DIGITS = 1 << MOST_BITS
"""Values that a digit has at most."""

FEW = 48
"""Numbers that are sooner compared with each other."""


def order_waits(b: Book) -> None:
    """Find, of each span of each group, the numbers between which its quantiles lie."""
    each = 2 * OF_WAITS
    for number in range(len(b.groups)):
        group = b.groups[number]
        for span in range(SPANS):
            count = 0
            for member in range(group.first, group.last):
                waits = b.waits[b.members[member]]
                first = waits.first + span * len(b.incidents)
                for place in range(waits.count):
                    b.gathered[count + place] = b.spans[first + place]
                count += waits.count
            find_quantiles(b, count, 0, OF_WAITS, (number * SPANS + span) * each)


def order_leads(b: Book, since: int) -> None:
    """Find, of the seconds that each story done since then took, those between which its quantiles lie."""
    count = 0
    for item in range(len(b.stories)):
        story = b.stories[item]
        b.gathered[count] = story.done - story.committed
        count += (story.done >= since) & (story.done >= 0)
    b.totals.leads = count
    at = len(b.groups) * SPANS * 2 * OF_WAITS
    find_quantiles(b, count, OF_WAITS, OF_WAITS + OF_LEADS, at)


def find_quantiles(b: Book, count: int, shares_from: int, shares_to: int, at: int) -> None:
    """Put the first numbers gathered in order, and note of each share the two between which its quantile lies
    (Hyndman and Fan's type 7), beside each other; nothing where there are none."""
    if count == 0:
        return
    first = 0
    if count > FEW:
        first = deal_out(b, count)
    else:
        compare(b, count)
    for share in range(shares_from, shares_to):
        low = int((count - 1) * b.shares[share])
        b.ordered[at] = b.gathered[first + low]
        b.ordered[at + 1] = b.gathered[first + min(low + 1, count - 1)]
        at += 2


def compare(b: Book, count: int) -> None:
    """Put few numbers in order, in their places."""
    for place in range(1, count):
        number, to = b.gathered[place], place
        while to > 0 and b.gathered[to - 1] > number:
            b.gathered[to] = b.gathered[to - 1]
            to -= 1
        b.gathered[to] = number


def deal_out(b: Book, count: int) -> int:
    """Put numbers from 0 on in order; return where they begin then: at 0, or behind as many."""
    most = 0
    for place in range(count):
        most = max(most, b.gathered[place])
    bits = 1
    while most >> bits:
        bits += 1
    times = (bits + MOST_BITS - 1) // MOST_BITS
    of_digit = (bits + times - 1) // times
    first, to = 0, count
    for time in range(times):
        deal(b, first, to, count, time * of_digit, of_digit)
        first, to = to, first
    return first


def deal(b: Book, first: int, to: int, count: int, shift: int, bits: int) -> None:
    """Put numbers in the order of one digit; those that have the same stay in theirs."""
    mask = (1 << bits) - 1
    for digit in range(mask + 1):
        b.dealt[digit] = 0
    for place in range(first, first + count):
        b.dealt[(b.gathered[place] >> shift) & mask] += 1
    before = to
    for digit in range(mask + 1):
        have = b.dealt[digit]
        b.dealt[digit] = before
        before += have
    for place in range(first, first + count):
        number = b.gathered[place]
        digit = (number >> shift) & mask
        b.gathered[b.dealt[digit]] = number
        b.dealt[digit] += 1
