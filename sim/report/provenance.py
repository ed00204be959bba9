"""What a result was made of, in digests that another machine can check: scenario, futures, policies, figures, versions."""

from __future__ import annotations

import hashlib
import inspect
import textwrap
from typing import Any

from sim.experiment.comparison import Comparison
from sim.policy.composed import ComposedPolicy
from sim.policy.contract import DECISIONS, Policy
from sim.policy.fingerprint import described
from sim.report.reproduction import fingerprint, versions
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import digest


def policy_digest(policy: Policy) -> str:
    """Return the SHA-256 of a policy's decisions and settings, in hexadecimal.

    The decisions are told by their text, so that every version of Python gives the same; those whose text is not to be
    had, as of functions typed at a prompt, by their code, which is one of a version.
    """
    told: list[object] = [policy.id, sorted(policy.values.items())]
    if isinstance(policy, ComposedPolicy) and policy.composition is not None:
        told.append(policy.composition.model_dump_json(by_alias=True))
    else:
        told += [_text(getattr(policy, name)) for name in DECISIONS]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _text(decision: Any) -> object:
    try:
        return textwrap.dedent(inspect.getsource(getattr(decision, "py_func", decision)))
    except (OSError, TypeError):
        return described(decision)


def provenance(comparison: Comparison) -> dict[str, Any]:
    """Return versions and digests of a comparison, as JSON holds them."""
    scenario, seed = comparison.scenario, comparison.seed
    sets = comparison.input_sets
    observed = [comparison.observations, *(sets.observed if sets is not None else ())]
    return {
        "versions": dict(versions()),
        "digests": {
            "scenario": digest(scenario),
            "first_path": sample_path(scenario, seed, 0).digest,
            "figures": fingerprint(observed),
            "policies": {policy.label: policy_digest(policy) for policy in comparison.policies},
        },
    }


def path_digests(comparison: Comparison) -> list[str]:
    """Return the digest of the path of each replication with the inputs as they are."""
    scenario, seed = comparison.scenario, comparison.seed
    return [sample_path(scenario, seed, n).digest for n in range(comparison.replications)]


BIBTEX = """@software{{firelane,
  title   = {{Firelane: a simulator of Scrum teams that production incidents interrupt}},
  author  = {{{{The Firelane contributors}}}},
  year    = {{2026}},
  version = {{{version}}},
  license = {{MIT}},
  note    = {{Scenario {scenario}, sha256 {digest}; {replications} replications, seed {seed}}}
}}
"""


def bibtex(comparison: Comparison, version: str) -> str:
    """Return a BibTeX entry that names the program's version and what was computed with it."""
    return BIBTEX.format(
        version=version,
        scenario=comparison.scenario.name.translate(_IN_LATEX),
        digest=digest(comparison.scenario)[:16],
        replications=comparison.replications,
        seed=comparison.seed,
    )


_IN_LATEX = str.maketrans(
    {
        "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
    }
)  # fmt: skip


def in_latex(text: str) -> str:
    """Return text as LaTeX typesets it, whatever it holds; with pdfTeX of 2018 or later, or any newer engine."""
    return text.translate(_IN_LATEX)
