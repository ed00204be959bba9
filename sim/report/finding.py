"""The finding of a comparison: the sentence to remember, and how sure it is. All screens take it from here."""

from __future__ import annotations

import math

from sim.experiment.comparison import RESPONSE, Comparison
from sim.experiment.judgement import AS_SOON, Judgement, leaves_open
from sim.report.wording import band_of, hours, listed, percent, short, span, title_of


def finding(comparison: Comparison) -> str:
    """Return the one sentence to remember: who answers soonest, and what that costs in delivery."""
    overloaded = [label for label in comparison.labels if comparison.is_overloaded(label)]
    if len(overloaded) == len(comparison.labels):
        return _under_no_policy(comparison)
    judgement = Judgement(comparison)
    if judgement.named is None:
        return _without_delivery(comparison)
    if len(overloaded) == len(comparison.labels) - 1 and overloaded:
        return _only_one_keeps_up(comparison, judgement.named)
    said = _soonest_and_its_price(comparison, judgement)
    if not overloaded:
        return said
    others = len(overloaded)
    count = "one other policy falls" if others == 1 else f"{others} other policies fall"
    return f"{said}; {count} behind the demand"


def _soonest_and_its_price(comparison: Comparison, judgement: Judgement) -> str:
    named, most = judgement.named, judgement.most
    assert named is not None
    opening = f"With {title_of(comparison, named)}, an answer takes {_answer(comparison, named)} on average"
    if most is None:
        left = f"{percent(leaves_open(comparison, named))} of all incidents are open at the end"
        return f"{opening}; {left}, and no policy that still builds leaves as few as one in twenty"
    if named == most:
        return f"{opening}, and no policy that answers what comes in delivers more"
    other = f"{title_of(comparison, most)}, with which it takes {_answer(comparison, most)}"
    if not judgement.is_loss_sure:
        return f"{opening}; what is delivered cannot be told apart from {other}"
    return f"{opening}, and {_less(judgement)} than with {other}"


HARDLY = 0.005
"""A share of delivery: who delivers less by no more delivers hardly less."""


def _less(judgement: Judgement) -> str:
    share = judgement.share_lost
    said = f"{f'{short(100 * share)} % less' if share >= HARDLY else 'hardly less'} is delivered"
    low, high = judgement.share_lost_in_sets
    if math.isnan(low):
        return said
    return f"{said} ({band_of('response_sla', low, high)} in 8 of 10 sets of assumptions)"


def _answer(comparison: Comparison, label: str) -> str:
    found = comparison.spread(label, RESPONSE)
    if math.isnan(found.input_low) or hours(found.input_low) == hours(found.input_high):
        return hours(found.mean)
    return f"{hours(found.mean)} ({span(found.input_low, found.input_high)})"


def _only_one_keeps_up(comparison: Comparison, able: str) -> str:
    mean = comparison.figure(able, RESPONSE).mean
    return (
        f"Only with {title_of(comparison, able)} is the demand kept up with: an answer takes {hours(mean)} "
        "on average; with every other policy the backlog grows"
    )


def _under_no_policy(comparison: Comparison) -> str:
    if all(comparison.is_left_out(label) for label in comparison.labels):
        return (
            "The organisation cannot keep up with the demand under any policy: the backlog of incidents "
            "grows without end"
        )
    return "Demand exceeds capacity under every policy: the backlog of incidents grows"


def _without_delivery(comparison: Comparison) -> str:
    known = {label: comparison.figure(label, RESPONSE).mean for label in comparison.labels}
    known = {label: mean for label, mean in known.items() if not math.isnan(mean)}
    if not known:
        return "No incident reached a team"
    soonest = min(known, key=lambda label: known[label])
    return (
        f"With {title_of(comparison, soonest)}, an answer takes {hours(known[soonest])} on average"
    )


def certainty(comparison: Comparison) -> str:
    """Say how surely the finding holds: what chance leaves open, and what is not known of the inputs."""
    if comparison.replications < 2:
        return "One replication shows one possible future; more are needed to say how sure this is."
    judgement = Judgement(comparison)
    if judgement.named is None:
        return ""
    told = [_by_chance(comparison, judgement), _in_sets(comparison, judgement)]
    faster = judgement.sooner()
    if faster:
        names = listed([title_of(comparison, label) for label in faster])
        told.append(f"Sooner still, but building little or leaving incidents open: {names}.")
    return " ".join(filter(None, told))


def _by_chance(comparison: Comparison, judgement: Judgement) -> str:
    sharing = "all policies that keep up" if comparison.left_out else "all policies"
    paths = f"In {comparison.replications:,} random futures that {sharing} share, "
    rivals = [label for label in judgement.as_soon if label != judgement.named]
    if rivals:
        return f"{paths}{listed(rivals)} may answer as soon (95 % confidence)."
    if len(judgement.timed) < 2:
        return ""
    builds = "still builds and answers what comes in" if judgement.able else "still builds"
    return f"{paths}no other that {builds} is as soon (95 % confidence)."


def _in_sets(comparison: Comparison, judgement: Judgement) -> str:
    sets = comparison.input_sets
    if sets is None:
        return (
            "That is chance alone: what nobody measured may move these figures further."
            if comparison.scenario.ranges
            else "That is chance alone: the scenario does not say how far off its figures may be."
        )
    share = 100 * (AS_SOON - 1)
    return (
        f"In {judgement.sets_as_soon} of {sets.sets} sets of assumptions none of them answers sooner by more "
        f"than {share:.0f} %."
    )
