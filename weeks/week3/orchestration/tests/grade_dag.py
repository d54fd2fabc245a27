"""Grades the serialised form of the ingestion DAG: `python grade_dag.py FILE`.

Exit code 0: all of the list is there. 1: it is not, and each line says what is missing. The
serialised form is all that Airflow's scheduler ever sees of a DAG file.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

import airflow_support as support  # noqa: E402

DAG_ID = "ingest_open_payments"
RAW = "open_payments_raw"
TASKS = ("plan", "ingest")
MINUTE, DAY = 60, 24 * 60 * 60

# Schedules without a time cannot be backfilled.
TIMELESS = ("NullTimetable", "OnceTimetable", "ContinuousTimetable", "AssetTriggeredTimetable")


def missing(path: Path) -> list[str]:
    """A sentence for everything that is not as it should be."""
    try:
        dag = support.Dag(path, DAG_ID)
    except support.NotYet as error:
        return [str(error)]
    return [*of_runs(dag), *of_params(dag), *of_tasks(dag), *of_deadline(dag)]


def of_runs(dag):
    """When runs start, and how many."""
    fields = dag.fields
    if not dag.is_stable:
        yield (
            "The file gives another DAG each time it is read (a start date or a name made from"
            " the clock?): every reading becomes a new version, and no backfill has a fixed start."
        )
    if dag.timetable in TIMELESS:
        yield "The DAG has no schedule in time: runs of the past, and so backfills, need one."
    if fields.get("start_date") is None:
        yield "The DAG has no start_date: nothing says from when on it has runs."
    if fields.get("catchup") is not False:
        yield "catchup is on: the day the DAG is switched on, all runs since its start begin."
    if fields.get("max_active_runs") != 1:
        found = fields.get("max_active_runs")
        yield f"max_active_runs is {found}, and two runs of one year at once are possible: let it be 1."
    doc = fields.get("doc_md") or ""
    if "airflow backfill create" not in doc or DAG_ID not in doc:
        yield "doc_md does not say how a backfill is made (`airflow backfill create --dag-id …`)."


def of_params(dag):
    """What a run can be asked for."""
    year, source = (dag.params.get(name) for name in ("year", "source"))
    if year is None:
        yield "There is no parameter `year`: no run can be asked for one."
    else:
        schema = year["schema"]
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if sorted(types) != ["integer", "null"] or year["default"] is not None:
            yield (
                f"The parameter `year` has types {types} and default {year['default']!r}: an integer,"
                " or null by default, for the year that the schedule means."
            )
        if schema.get("minimum") != 2013 or not 2013 <= schema.get("maximum", 0) <= 2100:
            yield (
                "The parameter `year` needs a minimum of 2013, where Open Payments starts, and a"
                " maximum up to 2100: Airflow then refuses 20233 before anything runs."
            )
    if source is None or source["schema"].get("type") != "string" or source["default"] != "":
        yield "There is no parameter `source` of type string that is empty by default."


def of_tasks(dag):
    """What the tasks are, what they wait for, and what they may take."""
    absent = [task for task in TASKS if task not in dag.tasks]
    if absent:
        yield f"These tasks are missing: {', '.join(absent)}."
        return
    if not dag.reaches("plan", "ingest"):
        yield "`ingest` does not wait for `plan`."
    for name, task in dag.tasks.items():
        yield from of_task(name, task)
    if RAW not in dag.outlets("ingest"):
        yield f"`ingest` has no outlet {RAW}: nothing would ever start validation."
    for name in dag.tasks:
        if name != "ingest" and RAW in dag.outlets(name):
            yield f"`{name}` says that it updates {RAW}, and only `ingest` brings anything there."


def of_task(name, task):
    """What every task needs."""
    retries, delay = task.get("retries", 0), task.get("retry_delay", 0)
    if not 1 <= retries <= 5:
        yield f"`{name}` has {retries} retries: between 1 and 5 are a help, more only hide."
    if delay < MINUTE:
        yield f"`{name}` is tried again after {delay:.0f} s: what lasts that short the capstone repeats itself."
    if not task.get("retry_exponential_backoff"):
        yield f"`{name}` repeats at an even pace: retry_exponential_backoff gives a broken server time."
    timeout = task.get("execution_timeout")
    if not timeout or timeout > DAY:
        yield f"`{name}` has no execution_timeout of at most a day: when it hangs, nobody ends it."
    if task.get("depends_on_past"):
        yield f"`{name}` depends on its past: one bad year would hold up every later one."
    if "{{" in str(task.get("bash_command", "")):
        yield (
            f"`{name}` makes a template part of its command: a value with a quote or a `;` would be"
            " executed. Hand it over by env, and quote the variable."
        )


def of_deadline(dag):
    """By when a run must be done, and who hears of it."""
    if not dag.deadlines:
        yield "The DAG has no deadline: a run that hangs or never starts is nobody's news."
        return
    deadline = dag.deadlines[0]
    reference = deadline["reference"].get("reference_type")
    if reference != "DagRunQueuedAtDeadline":
        yield (
            f"The deadline counts from {reference}: in a backfill the logical date lies years back,"
            " and every run would be late at once. Count from DAGRUN_QUEUED_AT."
        )
    interval = deadline["interval"]
    if not isinstance(interval, int | float) or not 0 < interval <= DAY:
        yield "The deadline's interval is not between nothing and a day."
    if deadline["callback"].get("path") != "open_payments_alerts.late":
        path = deadline["callback"].get("path")
        yield (
            f"The deadline calls {path}: the triggerer imports it by its name, and finds only"
            " modules of the plugins folder, such as `open_payments_alerts.late`."
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: grade_dag.py FILE")
    sys.exit(support.report(missing(Path(sys.argv[1]).resolve())))
