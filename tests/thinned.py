"""Of a long row of cases, the quick suite has some; `make test-long` has the others, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

LONG = pytest.mark.long


def one_in(every: int, cases: Iterable[Any], also: Iterable[Any] = ()) -> list[Any]:
    """The cases as parameters, of which only each so-many-th, and those of `also`, are quick."""
    kept = list(also)
    return [
        case if n % every == 0 or case in kept else pytest.param(case, marks=LONG)
        for n, case in enumerate(cases)
    ]


def quick(cases: Iterable[Any], these: Iterable[Any]) -> list[Any]:
    """The cases as parameters, of which only `these` are quick."""
    kept = list(these)
    return [case if case in kept else pytest.param(case, marks=LONG) for case in cases]


ROWS = {
    "tests/calibrate/test_more_doors.py::test_an_export_is_known_and_read_as_it_is": 3,
    "tests/calibrate/test_more_doors.py::test_moments_that_are_none_refuse_it_in_words": 3,
    "tests/calibrate/test_what_is_said.py::test_the_report_of_any_format_fits_one_screen": 4,
    "tests/decision/test_status_quo.py::test_the_policy_that_made_a_history_is_found_or_is_among_those_alike": 2,
    "tests/engine/test_asking_again.py::test_nobody_is_forgotten": 3,
    "tests/fuzzing/test_corpus.py::test_every_seed_is_taken_or_refused_in_words": 2,
    "tests/policy/test_edited_policies.py::test_an_edit_counts_at_once": 3,
    "tests/properties/test_bundled_agree.py::test_a_bundled_scenario_is_lived_through_alike": 2,
    "tests/properties/test_hostile_policies.py::test_numbers_are_pythons_on_every_engine": 3,
    "tests/report/test_every_finding.py::test_who_is_named_answers_what_comes_in_and_still_builds": 2,
    "tests/scenario/test_toml_text.py::test_no_file_of_a_mebibyte_takes_five_seconds_of_a_core": 2,
    "tests/web/test_attacks.py::test_a_policy_that_fails_is_told_by_every_endpoint": 3,
    "tests/web/test_page.py::test_what_is_out_of_sight_is_drawn_before_anybody_sees_it": 2,
    "tests/whole/test_door.py::test_the_same_bytes_come_out": 3,
    "tests/whole/test_stopping.py::test_with_little_memory_it_says_so_or_works": 2,
    "tests/calibrate/test_more_doors.py::test_it_is_read_so_by_name_too": 3,
    "tests/commands/test_outputs.py::test_every_output_can_be_printed_and_then_nothing_else_is": 2,
    "tests/commands/test_outputs.py::test_every_output_can_go_to_a_device_and_to_a_pipe": 3,
    "tests/commands/test_outputs.py::test_the_other_commands_know_it_too": 2,
    "tests/engine/test_asking_again.py::test_no_more_are_asked_for_an_event_as_the_queue_grows": 3,
    "tests/engine/test_asking_again.py::test_no_more_are_asked_for_an_event_in_four_times_as_many_teams": 3,
    "tests/experiment/test_cluster.py::test_a_worker_that_runs_another_program_is_refused_by_name_and_nothing_is_kept": 3,
    "tests/experiment/test_conformance.py::test_each_breach_is_caught_by_name_with_a_counter_example": 2,
    "tests/policy/test_policy_files.py::test_a_slip_is_told_with_its_line_and_what_was_meant": 3,
    "tests/policy/test_policy_files.py::test_chance_and_the_clock_are_refused": 3,
    "tests/properties/test_hostile_policies.py::test_an_answer_is_taken_or_refused_by_all_engines_alike": 3,
    "tests/report/test_every_finding.py::test_nobody_is_told_to_cancel_the_sprint_of_a_young_product": 5,
    "tests/theory/test_queues.py::test_the_model_agrees_with_the_formula": 4,
    "tests/web/test_attacks.py::test_no_way_in_takes_a_key_that_the_page_does_not_offer": 3,
    "tests/web/test_look.py::test_chart_and_finding_are_in_sight_at_once_without_scrolling": 2,
    "tests/whole/test_reliability.py::test_a_disk_that_fills_up_leaves_no_half_written_file": 3,
    "tests/whole/test_reliability.py::test_nothing_is_asked_of_a_network": 3,
}
"""Tests with a long row of like cases, and of how many the quick suite has one."""

ALONE = (
    "tests/whole/test_documents.py::test_every_block_of_it_runs[calibrate.md]",
    "tests/whole/test_documents.py::test_every_block_of_it_runs[tutorial.md]",
    "tests/whole/test_install.py::test_installed_plainly_the_same_comes_out",
    "tests/whole/test_install.py::test_the_steps_of_the_dockerfile_give_the_command",
    "tests/engine/test_object_cache.py::test_the_first_compile_announces_itself_and_afterwards_nothing_loads_numba",
    "tests/properties/test_engines_agree.py::test_three_engines_give_one_trace_of_organisations_as_they_are",
    "tests/search/test_worth.py::test_the_one_input_that_decides_comes_first_in_a_hundred_seeds",
    "tests/web/test_long_jobs.py::test_the_answers_are_fit_for_a_phone_and_a_screen_reader",
)
"""Tests that the quick suite can do without, as quicker ones look at the same."""


def made_long(items: Iterable[Any]) -> None:
    """Mark as long what the quick suite does without."""
    seen: dict[str, int] = {}
    for item in items:
        test = item.nodeid.partition("[")[0]
        if item.get_closest_marker("long"):
            continue
        place = seen.get(test, 0)
        seen[test] = place + 1
        if test in ALONE or item.nodeid in ALONE or place % ROWS.get(test, 1):
            item.add_marker(LONG)
