"""What the graders of DAG files share: an Airflow of its own, serialised DAGs, sentences.

Import this before Airflow: it decides where Airflow keeps its things.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLUGINS = HERE.parent / "plugins"

_home = Path(tempfile.mkdtemp(prefix="open-payments-airflow-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)


def settings(home: Path) -> dict[str, str]:
    """An Airflow that uses nothing of another one on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }


for _name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[_name]
os.environ.update(settings(_home))
sys.path.insert(0, str(PLUGINS))


class NotYet(Exception):
    """The file can't be graded; the sentence says why."""


def _module(path: Path, number: int):
    import importlib.util

    spec = importlib.util.spec_from_file_location(f"graded_dag_{number}", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError as error:
        raise NotYet(f"There is no file {path}.") from error
    except BaseException as error:  # whatever the file does
        line = getattr(error, "lineno", None)
        traceback = error.__traceback__
        while traceback:
            if traceback.tb_frame.f_code.co_filename == str(path):
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        where = f"{path.name}, line {line}" if line else path.name
        raise NotYet(f"{where}: {type(error).__name__}: {error}") from error
    return module


_read = 0


def serialised(path: Path, dag_id: str) -> dict:
    """The DAG of this id as the scheduler sees it."""
    global _read
    _read += 1
    from airflow.sdk import DAG
    from airflow.sdk.definitions._internal.contextmanager import DagContext
    from airflow.serialization.serialized_objects import DagSerialization

    DagContext.autoregistered_dags.clear()
    module = _module(path, _read)
    # A DAG that nobody gave a name in the file is registered all the same.
    found = [value for value in vars(module).values() if isinstance(value, DAG)]
    found += [dag for dag, _ in DagContext.autoregistered_dags]
    dags = {dag.dag_id: dag for dag in found}
    if dag_id not in dags:
        others = ", ".join(sorted(dags)) or "none"
        raise NotYet(f"The file has no DAG called {dag_id}; those it has: {others}.")
    dag = dags[dag_id]
    try:
        dag.check_cycle()
        return json.loads(json.dumps(DagSerialization.to_dict(dag), default=str))
    except Exception as error:
        raise NotYet(f"Airflow can't serialise {dag_id}: {error}") from error


def function(path: Path, name: str):
    """A function of the file."""
    global _read
    _read += 1
    found = getattr(_module(path, _read), name, None)
    if not callable(found):
        raise NotYet(f"{path.name} has no function {name} any more, and the grader calls it.")
    return found


def plain(value):
    """Without Airflow's own wrapping of types."""
    if isinstance(value, dict):
        if "__var" in value:
            return plain(value["__var"])
        if "__data__" in value:
            return plain(value["__data__"])
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


class Dag:
    """A serialised DAG, as the lists of requirements ask it."""

    def __init__(self, path: Path, dag_id: str):
        first, again = (serialised(path, dag_id)["dag"] for _ in range(2))
        self.is_stable = first == again
        self.raw = first
        self.timetable = first["timetable"]["__type"].rsplit(".", 1)[-1]
        self.conditions = first["timetable"].get("__var", {})
        fields = plain(first)
        self.fields = fields
        self.tasks = {task["task_id"]: task for task in fields["tasks"]}
        self.params = {name: param for name, param in fields.get("params", [])}
        self.deadlines = fields.get("deadline") or []

    def reaches(self, first: str, last: str) -> bool:
        """Whether the last task waits for the first, directly or not."""
        behind = self.tasks.get(first, {}).get("downstream_task_ids", [])
        return last in behind or any(self.reaches(task, last) for task in behind)

    def outlets(self, task: str) -> set[str]:
        """Names of the assets that a task updates."""
        return {asset.get("name") for asset in self.tasks[task].get("outlets", [])}


def report(sentences: list[str]) -> int:
    """Exit code 0, or the sentences and 1."""
    for sentence in sentences:
        print(sentence)
    return 1 if sentences else 0
