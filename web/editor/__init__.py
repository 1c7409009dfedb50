"""The process editor: a draft of a procedure, looked at and changed in tabs, each in a file of its own."""

from flask import Blueprint

from web.editor.files import files
from web.editor.form_pages import form_pages
from web.editor.mail_pages import mail_pages
from web.editor.overview import overview
from web.editor.publish import publish
from web.editor.question_pages import question_pages
from web.editor.times import times

BLUEPRINTS: tuple[Blueprint, ...] = (overview, files, form_pages, question_pages, mail_pages, times, publish)
