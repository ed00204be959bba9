"""The page's requests are answered here."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.engine.engines import DEFAULT_ENGINE
from sim.experiment.design import Design
from sim.experiment.input_sets import FEWEST_PATHS, SETS, InputSets, planned, studies_of_sets
from sim.experiment.study import Observations, Study
from sim.policy.contract import Policy
from sim.report import export
from sim.report.csv_files import csv_text
from sim.report.families import family_of
from sim.result import Result
from sim.scenario.overrides import key_of
from sim.scenario.reading import as_typed
from sim.scenario.schema import Scenario
from sim.web import page_views
from sim.web.allowed import MONEY
from sim.web.answered import answered_file, answers_in, is_answered, offered_questions
from sim.web.desk import Desk
from sim.web.export_reading import framed
from sim.web.long_jobs import LongJobs
from sim.web.page_state import Library, State, StateError
from sim.web.playing import Play, boards, others
from sim.web.questions import MapQuestion, Question, RecommendQuestion
from sim.web.sliders import axes, controls
from sim.web.troubles import told
from sim.web.tuned_question import TunedQuestion
from sim.web.uploads import Uploads

STATIC = Path(__file__).parent / "static"

USUAL = "web_agency"
"""The scenario that is shown where nobody has named one."""

NOT_WHOLE = "The file did not come whole, or has more than 1 MiB; a scenario is a page of text."

_VISITOR = re.compile(r"[A-Za-z0-9-]{8,64}")


class Page:
    """The page answers everything under `/api`, and the page itself."""

    def __init__(
        self, library: Library, desk: Desk, long_jobs: LongJobs, uploads: Uploads, default: str
    ) -> None:
        """Make the page; `default` is the scenario shown where an address names none."""
        self._library, self._desk, self._default = library, desk, default
        self._long_jobs, self._uploads = long_jobs, uploads

    def app(self) -> Starlette:
        """The page as an ASGI application."""
        return Starlette(
            routes=[
                Route("/", self.index),
                Route("/api/scenarios", _in_words(self.scenarios)),
                Route("/api/scenario", _in_words(self.scenario)),
                Route("/api/compare", _in_words(self.compare)),
                Route("/api/map", _in_words(self.map)),
                Route("/api/recommend", _in_words(self.recommend)),
                Route("/api/tuned", _in_words(self.tuned)),
                Route("/api/timeline", _in_words(self.timeline)),
                Route("/api/play", _in_words(self.play)),
                Route("/api/play/others", _in_words(self.play_others)),
                Route("/api/exports", _in_words(self.exports), methods=["POST"]),
                Route("/api/upload", _in_words(self.upload), methods=["POST"]),
                Route("/api/cancel", _in_words(self.cancel), methods=["POST"]),
                Route("/api/cancel/job", _in_words(self.cancel_job), methods=["POST"]),
                Route("/api/scenario.toml", _in_words(self.toml)),
                Route("/api/results.csv", _in_words(self.csv)),
                Route("/api/report.html", _in_words(self.report)),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )

    async def index(self, request: Request) -> Response:
        """Send the page; it reads its state from the address by itself."""
        return Response((STATIC / "index.html").read_text("utf-8"), media_type="text/html")

    async def scenarios(self, request: Request) -> Response:
        """Send the names of the scenarios, how time is split, and the default."""
        titles = await run_in_threadpool(self._library.titles)
        told = {
            "scenarios": titles,
            "default": self._default,
            "named": self._default != USUAL,
            "questions": offered_questions(),
        }
        return JSONResponse({**told, **page_views.meta()})

    async def scenario(self, request: Request) -> Response:
        """Send the controls of a scenario as it is in its file, its levers and the policies."""
        state = self._state(request)
        priced = tuple(change for change in state.changes if key_of(change) == MONEY)
        written = replace(state.as_written, changes=priced)
        plain = self._library.scenario(written)
        policies = self._library.policies(written, plain)
        return JSONResponse(
            {
                "name": plain.name,
                "about": plain.about,
                "developers": plain.developers,
                "sprint_weeks": plain.time.sprint_weeks,
                "kinds": [{"kind": k.kind, "severity": k.severity} for k in plain.incidents],
                "today": answers_in(state.scenario).today if is_answered(state.scenario) else "",
                "weeks": plain.time.horizon_weeks,
                "teams": [team.name for team in plain.teams],
                "controls": controls(plain, policies),
                "axes": axes(plain),
                "metrics": page_views.metrics(plain),
                "currency": plain.money.currency if plain.money else "",
                "groups": page_views.groups(plain),
                "levers": [lever.name for lever in plain.levers],
                "policies": [
                    {
                        "id": p.id,
                        "title": p.title or p.id,
                        "about": p.about.strip(),
                        "family": family_of(p),
                    }
                    for p in policies
                ],
                "promises": [
                    {
                        "kind": kind.kind,
                        "severity": kind.severity,
                        "hours": kind.respond_within_hours,
                    }
                    for kind in plain.incidents
                    if kind.respond_within_hours
                ],
            }
        )

    async def compare(self, request: Request) -> Response:
        """Send the picture, again and again as it sharpens, as server-sent events.

        `pin` is another state to show the difference to.
        """
        state = self._state(request)
        studies = [self._study(state)]
        pin = request.query_params.get("pin")
        if pin:
            studies.append(self._study(State.parse(pin, self._default)))
        visitor = _visitor(request)
        looked_at = request.query_params.get("focus", ""), request.query_params.get("ref", "")
        job = self._desk.take(visitor)

        async def events() -> AsyncIterator[str]:
            """Yield pictures, then that it is done; nothing more once a newer request has come."""
            try:
                async for found in self._desk.observe(visitor, job, studies, state.replications):
                    pinned = page_views.result_of(studies[1], found[1]) if pin else None
                    shown = await run_in_threadpool(
                        page_views.picture, studies[0], found[0], pinned, looked_at
                    )
                    shown["of"] = state.replications
                    shown["command"] = self._compare_command(state)
                    yield _event("picture", shown)
                    if await request.is_disconnected():
                        self._desk.drop(visitor, job)
                        return
                if not self._desk.is_wanted(visitor, job):
                    return
                yield _event("done", {})
                if studies[0].scenario.ranges and state.replications >= FEWEST_PATHS * SETS:
                    yield _event("sets", await self._sets(visitor, job, studies[0], found[0]))
                yield _event("end", {})
            except Exception as error:
                yield _event("trouble", {"reasons": told(error)[0]})

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _sets(
        self, visitor: str, job: int, study: Study, observed: Observations
    ) -> dict[str, Any]:
        """Return what is not known, once the picture of the scenario as it is stands."""
        shares = planned(len(study.scenario.ranges), SETS)
        drawn_studies = await run_in_threadpool(
            studies_of_sets,
            study.scenario,
            study.policies,
            shares,
            Design(FEWEST_PATHS, study.seed),
        )
        found = await self._desk.observe_sets(visitor, job, drawn_studies, FEWEST_PATHS)
        if found is None:
            return {}
        sets = InputSets(study.scenario, shares, tuple(found), observed)
        return await run_in_threadpool(page_views.not_known, study, observed, sets)

    async def cancel(self, request: Request) -> Response:
        """Stop the picture that a visitor has under way."""
        self._desk.take(_visitor(request))
        return JSONResponse({})

    async def map(self, request: Request) -> Response:
        """Send progress, then which policy wins where, as server-sent events."""
        return await self._long_job(request, "map", MapQuestion.parse(request.url.query))

    async def recommend(self, request: Request) -> Response:
        """Send progress, then what keeps the promises, as server-sent events."""
        question = RecommendQuestion.parse(request.url.query)
        return await self._long_job(request, "recommend", question)

    async def tuned(self, request: Request) -> Response:
        """Send progress, then how each policy is set well, as server-sent events."""
        question = TunedQuestion(RecommendQuestion.parse(request.url.query).aim)
        return await self._long_job(request, "compare", question)

    async def cancel_job(self, request: Request) -> Response:
        """Stop the long job that a visitor has under way."""
        self._long_jobs.stop(_visitor(request))
        return JSONResponse({})

    async def _long_job(
        self, request: Request, name: str, question: Question | TunedQuestion
    ) -> Response:
        visitor = _visitor(request)
        state = question.aim.state(self._state(request))
        self._library.check_keys(state.scenario, question.keys)
        scenario = self._library.scenario(state)
        self._library.policies(state, scenario)  # refuses what is not known
        policies = self._library.wanted(state, scenario)
        await run_in_threadpool(question.check, scenario, policies)
        command = self._command(name, state, question.options())
        job = self._long_jobs.begin(
            visitor, partial(question.answer, scenario, policies, state.seed)
        )

        async def events() -> AsyncIterator[str]:
            """Tell how far the job is, until the end; a visitor who leaves no longer wants it."""
            async with aclosing(self._long_jobs.told(visitor, job)) as told:
                async for event, data in told:
                    yield _event(event, data | ({"command": command} if event == "done" else {}))
                    if await request.is_disconnected():
                        return

        return StreamingResponse(events(), media_type="text/event-stream")

    async def timeline(self, request: Request) -> Response:
        """Send one sprint of one team under one policy."""
        state, query = self._state(request), request.query_params
        study = self._study(state)
        labels = [policy.label for policy in study.policies]
        try:
            policy = labels.index(query.get("shown", labels[0]))
            team, sprint, replication = (
                int(query.get(n, "0")) for n in ("team", "sprint", "future")
            )
            if not 0 <= replication < 100_000:
                raise ValueError
        except ValueError:
            raise StateError(
                "shown, team, sprint or future: not a policy shown, or no number"
            ) from None
        page_views.check_sprint(study.scenario, team, sprint)
        return JSONResponse(
            await self._desk.done(
                page_views.timeline, study.packed(), policy, team, sprint, replication
            )
        )

    async def play(self, request: Request) -> Response:
        """Send one sprint of one team under two policies, with what was thrown in."""
        state, play = self._state(request), Play.parse(request.url.query)
        scenario, policies = await run_in_threadpool(self._played, state, play)
        found = await self._desk.done(boards, scenario, policies, play, state.seed)
        named = ["story", self._named(state), *(p.spoken for p in policies)]
        found["command"] = page_views.played_command(
            named, self._told_changes(state), play.options(), state.seed
        )
        return JSONResponse(found)

    async def play_others(self, request: Request) -> Response:
        """Send how the two fare in the other sprints."""
        state, play = self._state(request), Play.parse(request.url.query)
        scenario, policies = await run_in_threadpool(self._played, state, play)
        return JSONResponse(await self._desk.done(others, scenario, policies, play, state.seed))

    def _played(self, state: State, play: Play) -> tuple[Scenario, tuple[Policy, Policy]]:
        scenario = play.scenario(self._library.scenario(state))
        both = replace(state, policies=(play.first, play.second))
        first, second = (
            self._library.policies(replace(both, policies=(name,)), scenario)[0]
            for name in both.policies
        )
        return scenario, (first, second)

    async def exports(self, request: Request) -> Response:
        """Take exports as the body, with `file` (BYTES:NAME) for each; send the scenario they make."""
        sizes = request.query_params.getlist("file")
        async with self._uploads.place():
            content = await request.body()
            found = await self._uploads.read_exports(framed(sizes, content))
            text = found.pop("text").encode()
            scenario = await self._uploads.read(text)
        name = self._library.keep(scenario, text)
        return JSONResponse({"scenario": name, "name": scenario.name, **found})

    async def upload(self, request: Request) -> Response:
        """Take a scenario file as the body; send its id, or everything that is wrong with it."""
        async with self._uploads.place():
            content = await request.body()
            found = await self._uploads.read(content)
        name = self._library.keep(found, content)
        return JSONResponse({"scenario": name, "name": self._library.uploads[name].name})

    async def toml(self, request: Request) -> Response:
        """Send the scenario as changed, as a file."""
        state = self._state(request)
        scenario = self._library.scenario(state)
        as_made = is_answered(state.scenario) and not (state.changes or state.levers or state.own)
        text = answered_file(state.scenario) if as_made else scenario.to_toml()
        return _file(text, "scenario.toml", "application/toml")

    async def csv(self, request: Request) -> Response:
        """Send every figure of every replication, as a file."""
        state = self._state(request)
        result = await self._result(request, state)
        return _file(csv_text(export.observations(result)), "results.csv", "text/csv")

    async def report(self, request: Request) -> Response:
        """Send the report of what is on screen, as a file."""
        from sim.report.html import report_html  # pictures take a second to load

        state = self._state(request)
        result = await self._result(request, state)
        text = await run_in_threadpool(report_html, result, self._compare_command(state))
        return _file(text, "report.html", "text/html")

    async def _result(self, request: Request, state: State) -> Result:
        study = self._study(state)
        found: Observations | None = None
        visitor = f"{_visitor(request)}-file"
        job = self._desk.take(visitor)
        async for stage in self._desk.observe(visitor, job, [study], state.replications):
            found = stage[0]
        if found is None or found.values.shape[1] < state.replications:
            raise StateError("another download was begun meanwhile")
        return Result(
            study.scenario, study.policies, state.replications, study.seed, DEFAULT_ENGINE, found
        )

    def _state(self, request: Request) -> State:
        return State.parse(request.url.query, self._default)

    def _study(self, state: State) -> Study:
        scenario = self._library.scenario(state)
        policies = self._library.policies(state, scenario)
        return Study.of(scenario, policies, state.seed, DEFAULT_ENGINE)

    def _compare_command(self, state: State) -> str:
        """Return the command that gives the figures of the picture; what is not known it says on its own plan."""
        scenario = self._library.scenario(State(state.scenario))
        alone = ["--inputs", "0"] if scenario.ranges else []
        return self._command("compare", state, ["--replications", str(state.replications), *alone])

    def _command(self, name: str, state: State, options: Sequence[str]) -> str:
        policies = self._library.spoken(state, self._library.scenario(state))
        return page_views.command(
            name, self._named(state), self._told_changes(state), policies, options
        )

    def _named(self, state: State) -> str:
        """Return how the command line names the scenario: by its file, or by the one to be downloaded here."""
        path = self._library.files.get(state.scenario)
        return "scenario.toml" if path is None or state.own else as_typed(path)

    def _told_changes(self, state: State) -> State:
        """Return the state with the changes that a command has to make: a download has them already."""
        if state.scenario in self._library.files and not state.own:
            return state
        return replace(state, changes=(), levers=())


def _visitor(request: Request) -> str:
    given = request.query_params.get("visitor", "")
    if not _VISITOR.fullmatch(given):
        raise StateError("visitor: expected 8 to 64 letters and digits")
    return given


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {to_json(data, inf_nan_mode='null').decode()}\n\n"


def _file(text: str, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)


def _in_words(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Answer bad input, and whatever fails, with every reason and never with a traceback."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except ClientDisconnect:
            return JSONResponse({"reasons": [NOT_WHOLE]}, 413)
        except Exception as error:
            reasons, status = told(error)
            return JSONResponse({"reasons": reasons}, status)

    return answered
