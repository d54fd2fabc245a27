"""Lets Airflow run the ingestion DAG: `python run_dag.py FILE`.

Once as scheduled, once by hand for another year, with a recorder in the capstone's place.
Exit code 0: both did what they should. 1: they did not, and each line says what is wrong.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

import airflow_runs as runs  # noqa: E402
import airflow_support as support  # noqa: E402

DAG_ID = "ingest_open_payments"
# A source whose name a shell would act on, if it were part of the command.
SOURCE = "/data/it's $(touch {mark}) here; touch {mark}"


def wrong(path: Path) -> list[str]:
    """A sentence for everything that went wrong."""
    try:
        with runs.Home(path) as home:
            scheduled = home.run(DAG_ID, "2024-07-01", {})
            sentences = list(of_run(scheduled, "the run of 2024-07-01", "2023"))
            mark = home.path / "executed"
            source = SOURCE.format(mark=mark)
            by_hand = home.run(DAG_ID, "2024-07-02", {"year": 2021, "source": source})
            sentences += of_run(by_hand, "the run for year 2021", "2021")
            if by_hand.values("--source") != {source}:
                found = sorted(by_hand.values("--source"))
                sentences.append(f"The source {source!r} reached the capstone as {found}.")
            if mark.exists():
                sentences.append("What stood in the parameter `source` was executed by the shell.")
    except support.NotYet as error:
        return [str(error)]
    return sentences


def of_run(run, name: str, year: str):
    """What one run should have done."""
    if run.state != "success":
        failed = sorted(f"{task} {state}" for task, state in run.tasks.items() if state != "success")
        yield f"{name} ended as {run.state} ({', '.join(failed)}): {run.log}"
    if run.stages() != ["backfill", "ingest"]:
        yield f"{name} called the stages {run.stages()}, and not backfill (--plan) and ingest."
    elif "--plan" not in run.calls[0]:
        yield f"{name} carried out a backfill in task `plan`: it is to show the plan only (--plan)."
    for call in run.calls:
        if "--years" not in call:
            yield f"{name} called `capstone {' '.join(call)}` without --years: it touches every year."
    if run.values("--years") - {year}:
        yield f"{name} asked for the years {sorted(run.values('--years'))}, and not for {year}."


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: run_dag.py FILE")
    sys.exit(support.report(wrong(Path(sys.argv[1]).resolve())))
