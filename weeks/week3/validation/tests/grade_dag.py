"""Grades the serialised form of the validation DAG: `python grade_dag.py FILE`.

Exit code 0: all of the list is there. 1: it is not, and each line says what is missing.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "orchestration" / "tests"))

import airflow_support as support  # noqa: E402

DAG_ID = "validate_open_payments"
RAW, VALIDATED = "open_payments_raw", "open_payments_validated"
TASKS = ("which", "validate", "release", "report")
MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def missing(path: Path) -> list[str]:
    """A sentence for everything that is not as it should be."""
    try:
        dag = support.Dag(path, DAG_ID)
    except support.NotYet as error:
        return [str(error)]
    return [*of_runs(dag), *of_params(dag), *of_tasks(dag), *of_deadline(dag)]


def of_runs(dag):
    """What starts a run, and how many run."""
    fields = dag.fields
    if not dag.is_stable:
        yield "The file gives another DAG each time it is read (something made from the clock?)."
    if dag.timetable != "AssetTriggeredTimetable":
        yield f"Nothing that ingestion brings starts the DAG: its schedule is no asset ({dag.timetable})."
    elif RAW not in str(dag.conditions):
        yield f"The DAG waits for another asset than {RAW}, which ingestion updates: it will never run."
    if fields.get("max_active_runs") != 1:
        found = fields.get("max_active_runs")
        yield f"max_active_runs is {found}: two runs may judge one delivery at once. Let it be 1."
    doc = fields.get("doc_md") or ""
    if "airflow dags trigger" not in doc or DAG_ID not in doc:
        yield "doc_md does not say how one year is judged again by hand (`airflow dags trigger …`)."


def of_params(dag):
    """What a run can be asked for."""
    year = dag.params.get("year")
    if year is None:
        yield "There is no parameter `year`: no year can be judged again by hand."
        return
    schema = year["schema"]
    types = schema.get("type", [])
    types = sorted([types] if isinstance(types, str) else types)
    bounded = schema.get("minimum") == 2013 and 2013 <= schema.get("maximum", 0) <= 2100
    if types != ["integer", "null"] or year["default"] is not None or not bounded:
        yield "The parameter `year` is not an integer from 2013 up to 2100 at most, null by default."


def of_tasks(dag):
    """What the tasks are, what they wait for, and when they run."""
    absent = [task for task in TASKS if task not in dag.tasks]
    if absent:
        yield f"These tasks are missing: {', '.join(absent)}."
        return
    for first, last in [("which", "validate"), ("validate", "release"), ("validate", "report")]:
        if not dag.reaches(first, last):
            yield f"`{last}` does not wait for `{first}`."
    if dag.reaches("release", "report"):
        yield (
            "`report` stands behind `release` and always succeeds: as the only last task it makes the"
            " run a success when validation has failed. Put it beside `release`."
        )
    for name in ("validate", "release"):
        rule = dag.tasks[name].get("trigger_rule", "all_success")
        if rule != "all_success":
            yield f"`{name}` runs by {rule}, and so after a failure as well."
    rule = dag.tasks["report"].get("trigger_rule", "all_success")
    if rule != "all_done":
        yield f"`report` runs by {rule}: after a failure, when it is wanted most, there is none."
    if VALIDATED not in dag.outlets("release"):
        yield f"`release` has no outlet {VALIDATED}: nothing behind validation would ever start."
    for name in dag.tasks:
        if name != "release" and dag.outlets(name):
            yield f"`{name}` updates an asset, before anything is released."
    if dag.tasks["validate"].get("retries", 0) != 0:
        yield (
            "`validate` is repeated after a failure: the verdict depends on the delivery alone, so the"
            " alert comes later and says the same."
        )
    for name, task in dag.tasks.items():
        timeout = task.get("execution_timeout")
        if not timeout or timeout > 6 * HOUR:
            yield f"`{name}` has no execution_timeout of at most six hours."
        if name != "validate" and not 1 <= task.get("retries", 0) <= 5:
            yield f"`{name}` has {task.get('retries', 0)} retries: between 1 and 5 are a help."
        if name != "validate" and task.get("retry_delay", 0) < MINUTE:
            yield f"`{name}` is tried again after {task.get('retry_delay', 0):.0f} s: give it a minute."
        if "{{" in str(task.get("bash_command", "")):
            yield f"`{name}` makes a template part of its command. Hand it over by env."


def of_deadline(dag):
    """By when a delivery must be judged, and who hears of it."""
    if not dag.deadlines:
        yield "The DAG has no deadline: a run that hangs or never starts is nobody's news."
        return
    deadline = dag.deadlines[0]
    reference = deadline["reference"].get("reference_type")
    if reference != "DagRunQueuedAtDeadline":
        yield (
            f"The deadline counts from {reference}, and a run that an asset has started has no logical"
            " date: count from DAGRUN_QUEUED_AT."
        )
    interval = deadline["interval"]
    if not isinstance(interval, int | float) or not 0 < interval <= DAY:
        yield "The deadline's interval is not between nothing and a day."
    path = deadline["callback"].get("path")
    if path != "open_payments_alerts.late":
        yield (
            f"The deadline calls {path}: the triggerer finds only modules of the plugins folder, such"
            " as `open_payments_alerts.late`."
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: grade_dag.py FILE")
    sys.exit(support.report(missing(Path(sys.argv[1]).resolve())))
