"""The process editor: a draft of a procedure, looked at and changed in tabs, each in a file of its own."""

from flask import Blueprint

from web.editor.diagram import diagram
from web.editor.files import files
from web.editor.overview import overview

BLUEPRINTS: tuple[Blueprint, ...] = (overview, diagram, files)
