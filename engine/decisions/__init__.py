"""Decision tables (DMN 1.1 to 1.5) in the safe language, proved when they are loaded.

    decision = engine.decisions.load({"fees.dmn": content}, "fee")
    decision.decide({"amount": 12, "status": "open"})   # {"fee": 3}

Tables with the hit policies UNIQUE, FIRST, ANY, RULE ORDER and COLLECT (list, SUM, MIN, MAX, COUNT), and decisions
that are one expression; a decision may require others. Overlaps and gaps are found when a file is loaded, with an
example; two hits of a UNIQUE table are an error when it is asked, never the first silently (spiffworkflow S18).
The page about it: docs/decision-tables.md.

`reading` finds the decisions, `building` makes tables of them, `cells` reads what a cell asks, `tables` evaluates,
`domains` and `proofs` compare rules, `checking` tells what was found, `texts` translates the file's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.decisions import checking
from engine.decisions.building import Logic, build, variable
from engine.decisions.reading import Drawn, read
from engine.decisions.tables import Table
from engine.decisions.texts import plain_name
from engine.elements import Problem
from engine.errors import ExpressionError, InvalidDefinition
from engine.expressions import Context, Kind
from engine.expressions.dates import NO_CONTEXT

__all__ = ["Decision", "check", "load"]


@dataclass(frozen=True)
class Decision:
    """A decision that can be made. `warnings`: what its file should be looked at for, and that of those it requires.

    `steps`: the decisions to make, those it requires first, each with its id and the name others read it under.
    """

    id: str
    name: str
    warnings: tuple[Problem, ...] = ()
    steps: tuple[tuple[str, str, Logic], ...] = field(default=(), repr=False)

    @property
    def gives(self) -> Mapping[str, Kind]:
        """The names of its outputs, each with its kind."""
        return self.steps[-1][2].gives if self.steps else {}

    def decide(self, data: Mapping[str, object], context: Context = NO_CONTEXT) -> dict[str, object]:
        """The outputs by name for these data, or `ExpressionError` with a sentence; the data are not changed.

        A table that collects gives a list for each output (or one number); where no rule matches, outputs are
        their defaults or None.
        """
        known = {plain_name(name) if not name.isidentifier() else name: value for name, value in data.items()}
        answer: dict[str, object] = {}
        for identity, name, logic in self.steps:
            try:
                answer = logic.decide(known, context)
            except ExpressionError as error:
                raise ExpressionError(f"Decision {identity}: {error}") from error
            known |= answer
            known[name] = answer[name] if answer.keys() == {name} else _result(answer)
        return answer


def _result(answer: dict[str, object]) -> object:
    """What a decision is when another reads it by its name: its one output, or all of them by name."""
    return next(iter(answer.values())) if len(answer) == 1 else dict(answer)


def load(files: Mapping[str, bytes], decision_id: str) -> Decision:
    """The decision `decision_id`, or `InvalidDefinition` with every problem of it and of what it requires.

    `files`: name to content; names that do not end in `.dmn` are passed over.
    """
    drawn, problems = read(files)
    chosen = drawn.get(decision_id)
    if chosen is None:
        reason = f"There is no decision “{decision_id}” in the bundle."
        missing = Problem("", decision_id, None, "D1", reason, "Add its file, or name another decision.")
        raise InvalidDefinition((*problems, missing))
    order, found = _ordered(chosen, drawn)
    logics = {one.id: _understood(one) for one in order}
    found += [problem for problem in problems if _concerns(problem, order, drawn)]
    found += [problem for _, told in logics.values() for problem in told]
    refused = tuple(problem for problem in found if not problem.warning)
    if refused:
        raise InvalidDefinition(refused)
    steps = tuple((one.id, variable(one), logic) for one in order if (logic := logics[one.id][0]) is not None)
    return Decision(chosen.id, chosen.name, tuple(found), steps)


def _concerns(problem: Problem, order: list[Drawn], drawn: Mapping[str, Drawn]) -> bool:
    """Whether a problem of the files is about some decisions, or about a whole file that one of them is in."""
    if problem.element_id in drawn:
        return any(one.id == problem.element_id for one in order)
    return any(one.file == problem.file for one in order)


def check(files: Mapping[str, bytes]) -> list[Problem]:
    """Every problem of the decision files of a bundle, warnings among them; empty when all can be loaded."""
    drawn, problems = read(files)
    for one in drawn.values():
        problems += _understood(one)[1]
        problems += [problem for problem in _ordered(one, drawn)[1] if problem.element_id == one.id]
    return sorted(problems, key=lambda problem: problem.file)


def _understood(drawn: Drawn) -> tuple[Logic | None, list[Problem]]:
    """The logic of one decision, with what building and checking it told."""
    logic, problems = build(drawn)
    if isinstance(logic, Table) and not any(not problem.warning for problem in problems):
        problems = problems + checking.check(drawn, logic)
    return logic, problems


def _ordered(chosen: Drawn, drawn: Mapping[str, Drawn]) -> tuple[list[Drawn], list[Problem]]:
    """A decision with all that it requires, each after what it needs, and what is wrong with that.

    The walk keeps its own path instead of calling itself, so that a long chain is no trouble.
    """
    order: list[Drawn] = []
    problems: list[Problem] = []
    path = [(chosen, iter(chosen.requires))]
    entered, done = {chosen.id}, set[str]()
    while path:
        one, rest = path[-1]
        name = next(rest, None)
        if name is None:
            path.pop()
            done.add(one.id)
            order.append(one)
        elif name not in drawn:
            problems.append(_missing(one, name))
        elif name not in entered:
            entered.add(name)
            path.append((drawn[name], iter(drawn[name].requires)))
        elif name not in done:
            reason = f"The decision requires “{name}”, which requires it in turn."
            problems.append(one.problem("D11", reason, "Take out one of the requirements."))
    return order, problems


def _missing(drawn: Drawn, name: str) -> Problem:
    reason = f"The decision requires “{name[:100]}”, which is not in the bundle."
    return drawn.problem("D10", reason, "Add the file with it, or take out the requirement.")
