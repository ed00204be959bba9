"""Keep capacity in reserve: what fits is taken within the sprint, the rest waits."""

from __future__ import annotations

from pathlib import Path

from tests.staged import events, play

WEEK = 168.0


def test_the_team_commits_only_what_the_reserve_leaves(tmp_path: Path) -> None:
    result = play(tmp_path, "reserved-buffer:share=0.25", [(600, 3, "A")], story_hours=6)
    assert result.sprints.committed_stories.tolist()[0] == 21  # of 28 that would fit


def test_an_incident_that_fits_is_taken_by_the_next_free_developer(tmp_path: Path) -> None:
    result = play(tmp_path, "reserved-buffer:share=0.1", [(13, 3, "A")])
    assert events(result, "started") == [(20, "started", 0, 0)]
    assert events(result, "interrupted") == []


def test_one_beyond_the_reserve_waits_for_planning(tmp_path: Path) -> None:
    rows = [(1, 3, "A"), (2, 3, "A"), (3, 3, "A")]
    # 3 % of 168 hours holds two incidents of two hours, not three.
    result = play(tmp_path, "reserved-buffer:share=0.03", rows, effort_hours=2)
    assert [e[2] for e in events(result, "deferred")] == [2]
    assert events(result, "started")[2][0] >= WEEK


def test_the_reserve_is_whole_again_in_the_next_sprint(tmp_path: Path) -> None:
    rows = [(1, 3, "A"), (2, 3, "A"), (WEEK + 1, 3, "A")]
    result = play(tmp_path, "reserved-buffer:share=0.03", rows, effort_hours=2)
    assert events(result, "deferred") == []


def test_the_worst_severity_interrupts_even_an_empty_reserve(tmp_path: Path) -> None:
    result = play(tmp_path, "reserved-buffer:share=0", [(5, 1, "A"), (5, 3, "A")])
    assert events(result, "interrupted", "deferred") == [
        (5, "deferred", 1, -1),
        (5, "interrupted", 0, 0),
    ]


def test_what_was_spent_counts_not_what_was_expected(tmp_path: Path) -> None:
    """Incidents that turn out long use the reserve up; those still waiting are asked about again."""
    kinds = [
        {
            "kind": name,
            "severity": severity,
            "effort_hours": {
                "dist": "mixture",
                "parts": [
                    {"share": 0.5, "of": {"dist": "constant", "value": 0.5}},
                    {"share": 0.5, "of": {"dist": "constant", "value": 3.5}},
                ],
            },
        }
        for name, severity in (("worst", 1), ("lesser", 3))
    ]
    rows = [(1 + n / 10, 3, "A") for n in range(8)]
    result = play(tmp_path, "reserved-buffer:share=0.05", rows, incidents=kinds)
    spent = result.path.incidents.effort[:8] / 3_600
    reserve = 0.05 * WEEK
    admitted_first = [e[2] for e in events(result, "queued")][:4]
    assert admitted_first == [0, 1, 2, 3]  # four expected efforts of two hours fit 8.4 hours
    started = [e for e in events(result, "started") if e[0] < WEEK]
    used = 0.0
    for _, _, item, _ in started:
        assert used < reserve, "started though nothing was left"
        used += spent[item]
