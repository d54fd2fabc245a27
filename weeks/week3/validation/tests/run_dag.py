"""Lets Airflow run the validation DAG: `python run_dag.py FILE`.

Once on a sound delivery, once on one that fails, with a recorder in the capstone's place.
Exit code 0: both did what they should. 1: they did not, and each line says what is wrong.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "orchestration" / "tests"))

import airflow_runs as runs  # noqa: E402
import airflow_support as support  # noqa: E402

DAG_ID = "validate_open_payments"


def wrong(path: Path) -> list[str]:
    """A sentence for everything that went wrong."""
    try:
        with runs.Home(path) as home:
            sound = home.run(DAG_ID, "2024-07-01", {"year": 2021})
            sentences = list(of_sound(sound))
            bad = home.run(DAG_ID, "2024-07-02", {"year": 2022}, fail_at="validate")
            sentences += of_bad(bad)
    except support.NotYet as error:
        return [str(error)]
    return [*sentences, *of_events(path)]


def of_sound(run):
    """A delivery that is good is released."""
    if run.state != "success":
        yield f"A sound delivery ended as {run.state}: {run.log}"
    if run.stages().count("validate") != 1 or run.values("--years") != {"2021"}:
        yield f"Asked for 2021, the run called {run.calls}, and not `validate --years 2021` once."
    if run.tasks.get("release") != "success":
        yield f"A sound delivery was not released: `release` is {run.tasks.get('release')}."


def of_bad(run):
    """A delivery that is bad is reported, and not released."""
    if run.tasks.get("release") == "success":
        yield "A delivery that failed was released."
    if run.tasks.get("report") != "success" or "runs" not in run.stages():
        yield f"After a failure there was no report: `report` is {run.tasks.get('report')}."
    if run.state != "failed":
        yield f"Validation failed, and the run ended as {run.state}: nobody will look at it."


def of_events(path: Path):
    """Every event's year is judged, none twice; a year that is asked for comes first."""

    class Event:
        def __init__(self, year):
            self.extra = {"year": year}

    years = support.function(path, "years")
    events = {"raw": [Event(2023), Event(2021)], "again": [Event(2023)]}
    for params, expected in [({"year": None}, [2021, 2023]), ({"year": 2015}, [2015])]:
        found = sorted(years(params, events))
        if found != expected:
            yield f"years({params}, events of 2023, 2021 and 2023) is {found}, and not {expected}."


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: run_dag.py FILE")
    sys.exit(support.report(wrong(Path(sys.argv[1]).resolve())))
