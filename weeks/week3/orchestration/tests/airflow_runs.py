"""Runs of a DAG by `airflow dags test`, with a recorder in the capstone's place."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import airflow_support as support

# Notes what it was called with, as one JSON list a line; fails at the stage named by FAIL_AT.
RECORDER = """#!{python}
import json, os, sys
with open(os.environ["RECORD"], "a") as record:
    record.write(json.dumps(sys.argv[1:]) + "\\n")
sys.exit(1 if os.environ.get("FAIL_AT") == sys.argv[1] else 0)
"""

# Airflow up to 3.3.2 ends `dags test` with an error where a DAG has a deadline and succeeds
# (apache/airflow issue 73428): what runs here is the file without its deadline.
SHIM = """import importlib.util
spec = importlib.util.spec_from_file_location("graded", {file!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from airflow.sdk import DAG
from airflow.sdk.definitions._internal.contextmanager import DagContext
dags = [one for one in vars(module).values() if isinstance(one, DAG)]
dags += [one for one, _ in DagContext.autoregistered_dags]
for dag in dags:
    dag.deadline = []
"""


@dataclass
class Run:
    """What came of one run."""

    state: str
    tasks: dict[str, str]
    calls: list[list[str]]
    log: str

    def stages(self) -> list[str]:
        """Which stages of the capstone were called."""
        return [call[0] for call in self.calls if call]

    def values(self, flag: str) -> set[str]:
        """What stood behind a flag, in any call."""
        pairs = (pair for call in self.calls for pair in zip(call, call[1:]))
        return {value for name, value in pairs if name == flag}


class Home:
    """A place in which Airflow runs one DAG file, on SQLite."""

    def __init__(self, file: Path):
        self.path = Path(tempfile.mkdtemp(prefix="open-payments-airflow-run-"))
        (self.path / "dags").mkdir()
        (self.path / "dags" / "graded_dag.py").write_text(SHIM.format(file=str(file)))
        self.recorder = self.path / "capstone"
        self.recorder.write_text(RECORDER.format(python=sys.executable))
        self.recorder.chmod(0o755)

    def __enter__(self):
        done = self._airflow("db", "migrate")
        if done.returncode != 0:
            raise support.NotYet(f"`airflow db migrate` failed: {tail(done)}")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def run(self, dag_id: str, date: str, conf: dict, fail_at: str = "") -> Run:
        """One run to its end."""
        record = self.path / "record"
        record.write_text("")
        done = self._airflow(
            "dags", "test", dag_id, date, "--conf", json.dumps(conf),
            CAPSTONE=str(self.recorder), RECORD=str(record), FAIL_AT=fail_at, OPEN_PAYMENTS_LAKE="",
        )
        calls = [json.loads(line) for line in record.read_text().splitlines()]
        with sqlite3.connect(self.path / "airflow.db") as database:
            newest = "select run_id, state from dag_run where dag_id = ? order by id desc"
            row = database.execute(newest, (dag_id,)).fetchone()
            if row is None:
                raise support.NotYet(f"`airflow dags test {dag_id}` ran nothing: {tail(done)}")
            query = "select task_id, state from task_instance where dag_id = ? and run_id = ?"
            tasks = dict(database.execute(query, (dag_id, row[0])).fetchall())
        return Run(row[1], tasks, calls, tail(done))

    def _airflow(self, *words: str, **more: str) -> subprocess.CompletedProcess:
        binary = Path(sys.executable).with_name("airflow")
        return subprocess.run(
            [str(binary), *words],
            env=support.settings(self.path) | more | {"PATH": os.environ.get("PATH", os.defpath)},
            cwd=self.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )


def tail(done: subprocess.CompletedProcess) -> str:
    """The last lines of what it said."""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return " / ".join(lines[-3:])
