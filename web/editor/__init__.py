"""The process editor: a draft of a procedure, looked at and changed in tabs, each in a file of its own."""

from flask import Blueprint

from web.editor.files import files
from web.editor.overview import overview
from web.editor.steps import steps

BLUEPRINTS: tuple[Blueprint, ...] = (overview, steps, files)
