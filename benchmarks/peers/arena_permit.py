"""The permit on spiff-arena's backend: `python -m benchmarks.peers.arena_permit ADDRESS`, on an empty database.

ARENA_BACKEND names the folder `spiffworkflow-backend` of a checkout. The tasks are submitted by the function behind
its API, as a signed-in person of the lane's group, synchronously; HTTP itself is left out, as it is for the others. The
diagram has script tasks in the place of service tasks, which there would each call another server.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

BACKEND = Path(os.environ["ARENA_BACKEND"])
sys.path[:0] = [str(BACKEND / "src"), *filter(None, os.environ.get("ARENA_MORE", "").split(os.pathsep))]
os.environ |= {
    "SPIFFWORKFLOW_BACKEND_ENV": "unit_testing",
    "FLASK_SESSION_SECRET_KEY": "only-for-measuring-0123456789abcdef",
    "SPIFFWORKFLOW_BACKEND_DATABASE_TYPE": "postgres",
    "SPIFFWORKFLOW_BACKEND_DATABASE_URI": sys.argv[1].replace("postgresql://", "postgresql+psycopg2://", 1),
    "SPIFFWORKFLOW_BACKEND_RUN_BACKGROUND_SCHEDULER_IN_CREATE_APP": "false",
    "SPIFFWORKFLOW_BACKEND_LOG_TO_FILE": "false",
    "SPIFFWORKFLOW_BACKEND_LOG_LEVEL": "error",
}

from benchmarks import permit  # noqa: E402
from benchmarks.peers.loop import serve  # noqa: E402

MODEL = "measured/permit"


class Contestant:
    """The permit, with a group for each lane of people."""

    def __init__(self) -> None:
        from flask import g
        from spiffworkflow_backend import create_app
        from spiffworkflow_backend.models.db import db
        from spiffworkflow_backend.services.user_service import UserService

        app = create_app().app
        app.config["SPIFFWORKFLOW_BACKEND_BPMN_SPEC_ABSOLUTE_DIR"] = tempfile.mkdtemp(prefix="arena-models-")
        app.test_request_context().push()
        db.create_all()
        self.people = {}
        for lane in (permit.CLERK, permit.INSPECTOR):
            user = UserService.create_user(lane, "internal", lane)
            UserService.add_user_to_group(
                user, UserService.find_or_create_group(lane, source_is_open_id=False)
            )
            self.people[lane] = user
        g.authenticated = True
        self._act_as(permit.CLERK)
        self._deploy()

    def _act_as(self, lane: str) -> None:
        from flask import g

        g.user = self.people[lane]

    def _deploy(self) -> None:
        from spiffworkflow_backend.models.process_group import ProcessGroup
        from spiffworkflow_backend.models.process_model import ProcessModelInfo
        from spiffworkflow_backend.services.process_model_service import ProcessModelService
        from spiffworkflow_backend.services.spec_file_service import SpecFileService

        group = ProcessGroup(
            id="measured", display_name="measured", description="", display_order=0, admin=False
        )
        ProcessModelService.add_process_group(group)
        model = ProcessModelInfo(id=MODEL, display_name="Permit", description="")
        ProcessModelService.add_process_model(model)
        SpecFileService.update_file(model, "permit.bpmn", permit.diagram(scripts=True))
        model.primary_file_name, model.primary_process_id = "permit.bpmn", permit.PROCESS
        ProcessModelService.save_process_model(model)

    def open(self) -> int:
        """A new case; gives its id."""
        from spiffworkflow_backend.services.process_instance_runtime import ProcessInstanceRuntime
        from spiffworkflow_backend.services.process_instance_service import ProcessInstanceService

        self._act_as(permit.CLERK)
        made = ProcessInstanceService.create_process_instance_from_process_model_identifier(
            MODEL, self.people[permit.CLERK]
        )
        instance = made[0] if isinstance(made, tuple) else made
        ProcessInstanceRuntime(instance).do_engine_steps(save=True, execution_strategy_name="greedy")
        return int(instance.id)

    def steps(self, case: int, turns: int) -> Iterator[tuple[str, Callable[[], object]]]:
        """The transactions of a case after its opening."""
        for number, (element, answers) in enumerate(permit.tasks(turns)):
            if number == len(permit.BEFORE):
                yield permit.MESSAGE, partial(self._arrive, case)
            task = self._open_task(case, element)
            self._act_as(permit.CLERK if element in ("Apply", "HandOver") else permit.INSPECTOR)
            yield element, partial(self._complete, case, task, answers)

    def _open_task(self, case: int, element: str) -> str:
        from spiffworkflow_backend.models.human_task import HumanTaskModel

        task = HumanTaskModel.query.filter_by(process_instance_id=case, completed=False).one()
        assert task.task_name == element, (task.task_name, element)
        return str(task.task_id)

    def _complete(self, case: int, task: str, answers: dict[str, Any]) -> None:
        from spiffworkflow_backend.routes.process_api_blueprint import _task_submit_shared

        _task_submit_shared(case, task, dict(answers), execution_mode="synchronous")

    def _arrive(self, case: int) -> None:
        """Its messages do not reach an event-based gateway by themselves; its call for events does."""
        from spiffworkflow_backend.models.process_instance import ProcessInstanceModel
        from spiffworkflow_backend.routes.process_instances_controller import _send_bpmn_event

        message = {"name": permit.MESSAGE, "typename": "MessageEventDefinition", "correlation_properties": []}
        message |= {"expression": None, "message_var": None, "payload": {}}
        _send_bpmn_event(ProcessInstanceModel.query.filter_by(id=case).one(), message)


if __name__ == "__main__":
    serve(Contestant(), permit.MESSAGE)
