"""A report that is computed anew by whoever opens it, as far as that can be done."""

from __future__ import annotations

import shlex
import sys

from sim.commands import options as o
from sim.experiment.comparison import Comparison
from sim.experiment.judgement import Judgement
from sim.live.engine_parts import NoModuleError
from sim.live.moves import NotLiveError
from sim.live.part import LivePart, live_part, words_instead
from sim.report.html import report_html
from sim.report.reproduction import command_of
from sim.result import Result
from sim.web.stops import knobs


def live_report(result: Result, command: str, with_checklist: bool = False) -> str:
    """Return the report of a comparison with its live part; where there can be none, that is said in it and on
    standard error, and the report is the static one."""
    return report_html(result, command, with_checklist, live_or_words(result, command))


def live_or_words(result: Comparison, command: str) -> LivePart:
    """Return the live part of a report, or words in its place that say why there can be none."""
    focus = Judgement(result).named
    try:
        with o.progress(None, "states laid out") as bar:

            def advance(done: int, of: int) -> None:
                bar.expect(max(0, of - done))
                bar(done)

            return live_part(
                result,
                knobs(result.scenario, result.policies),
                command_of_figures(command),
                focus,
                advance,
            )
    except (NotLiveError, NoModuleError) as why:
        print(f"The report is not live: {why}. It is whole without.", file=sys.stderr, flush=True)
        return words_instead(str(why))


def command_of_figures(command: str) -> str:
    """Return a command line without how many replications and sets of assumptions are wanted, which the live part
    says itself."""
    return command_of(
        shlex.split(command)[1:], {"--replications", "--inputs", "--precision", "--budget"}
    )
