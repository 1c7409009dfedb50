"""The process editor: a draft of a procedure, looked at and changed in tabs, each in a file of its own."""

from flask import Blueprint

from web.editor.compare import compare
from web.editor.diagram import diagram
from web.editor.files import files
from web.editor.form_pages import form_pages
from web.editor.mail_pages import mail_pages
from web.editor.newer import newer
from web.editor.overview import overview
from web.editor.packing import packing
from web.editor.procedure_pages import procedure_pages
from web.editor.publish import publish
from web.editor.question_pages import question_pages
from web.editor.rehearsal_pages import rehearsal_pages
from web.editor.scenario_pages import scenario_pages
from web.editor.steps import steps
from web.editor.times import times
from web.editor.trace_pages import trace_pages

BLUEPRINTS: tuple[Blueprint, ...] = (
    overview,
    files,
    diagram,
    steps,
    times,
    scenario_pages,
    rehearsal_pages,
    trace_pages,
    procedure_pages,
    compare,
    publish,
    form_pages,
    question_pages,
    mail_pages,
    packing,
    newer,
)
