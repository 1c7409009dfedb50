"""Run BPMN: diagrams and state in, state and open work out. No database, no clock, no network, no procedure.

definition = engine.load(files, "process_id", steps=…, lanes=…, service_levels=…)
instance = engine.Instance.start(definition, {"case": 7}, step)
for work in instance.open_work(): …
instance.complete(work.id, {"decision": "opt_in"})
state = instance.dump()
"""

from engine.comparing import Difference, differences
from engine.definition import Definition, check, load, unreadable
from engine.drawn_words import drawn_words, reworded
from engine.elements import Element, Problem
from engine.errors import (
    BpmnError,
    DamagedState,
    EngineError,
    ExpressionError,
    Incident,
    InvalidDefinition,
    NotFlat,
    NotWaiting,
    StepLimit,
)
from engine.expressions import Context
from engine.instance import Chooser, Instance, OpenWork, Step, Trace
from engine.limits import Limits
from engine.migration import CannotMove, Change, Moved, Mover, waiting_set
from engine.routes import Routes, routes
from engine.vocabulary import Vocabulary, vocabulary

__all__ = [
    "BpmnError",
    "CannotMove",
    "Change",
    "Chooser",
    "Context",
    "DamagedState",
    "Definition",
    "Difference",
    "Element",
    "EngineError",
    "ExpressionError",
    "Incident",
    "Instance",
    "InvalidDefinition",
    "Limits",
    "Moved",
    "Mover",
    "NotFlat",
    "NotWaiting",
    "OpenWork",
    "Problem",
    "Routes",
    "Step",
    "StepLimit",
    "Trace",
    "Vocabulary",
    "check",
    "differences",
    "drawn_words",
    "load",
    "reworded",
    "routes",
    "unreadable",
    "vocabulary",
    "waiting_set",
]
