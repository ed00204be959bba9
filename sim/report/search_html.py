"""Reports of the search: where each policy wins, and what is best under promises."""

from __future__ import annotations

from sim.report import recommendation, search_tables
from sim.report.assumptions import assumptions, policy_settings, story
from sim.report.document import Block, Document, Picture, Section, as_html, from_terminal
from sim.report.reproduction import fingerprint, how_to_reproduce
from sim.report.search_pictures import map_picture
from sim.scenario.schema import Scenario
from sim.search.recommend import Recommendation
from sim.search.sweep import PolicyMap


def map_html(found: PolicyMap, command: str) -> str:
    """Return a policy map as one self-contained HTML file; the same map gives the same text."""
    swept = found.sweep
    picture = Picture(
        map_picture(found),
        f"Map of the best policy in each cell. {search_tables.map_finding(found)}.",
    )
    facts = [
        ("replications in each cell", f"{swept.replications:,}"),
        ("SHA-256 of all figures", fingerprint(swept.cells)),
    ]
    page = Document(
        f"{swept.scenario.name}: which policy wins where",
        f"{search_tables.map_finding(found)}.",
        search_tables.map_certainty(found),
        [
            Section(
                "The map",
                [
                    picture,
                    from_terminal(search_tables.map_table(found)),
                    search_tables.map_cells(found),
                ],
            ),
            _assumed(swept.scenario),
            how_to_reproduce(swept.scenario, command, swept.seed, facts),
        ],
    )
    return as_html(page)


def recommendation_html(found: Recommendation, command: str) -> str:
    """Return a recommendation as one self-contained HTML file.

    The same answer gives the same text.
    """
    certainty = (recommendation.recommendation_certainty(found), recommendation.just_as_good(found))
    page = Document(
        f"{found.scenario.name}: the best policy by {found.goal}",
        recommendation.recommended(found),
        " ".join(filter(None, certainty)),
        [
            Section("The answer in words", recommendation.in_words(found)),
            Section("The best that were tested", [from_terminal(recommendation.candidates(found))]),
            _assumed(
                found.scenario,
                policy_settings([candidate.policy for candidate in found.candidates]),
            ),
            how_to_reproduce(
                found.scenario,
                command,
                found.seed,
                [("fresh replications", f"{found.replications:,}")],
            ),
        ],
    )
    return as_html(page)


def _assumed(scenario: Scenario, *more: Block) -> Section:
    return Section("What was assumed", [*story(scenario), assumptions(scenario), *more])
