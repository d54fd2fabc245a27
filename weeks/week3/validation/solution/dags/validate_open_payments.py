"""Validation of CMS Open Payments as a DAG of its own, started by what ingestion brought.

It is not a task behind ingestion: a delivery can be judged again, by new checks or after a
mend, without being fetched again; and when it fails, ingestion has not failed.

A run follows an update of the asset `open_payments_raw`. Updates that come close together are
one run with several events, so a run judges every year that they name. By hand it judges one:

    airflow dags trigger validate_open_payments --conf '{"year": 2021}'

Runs with an asset's schedule have no dates, and so no backfill: what is to be judged again is
triggered by hand, or comes with ingestion's own backfill.
"""

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, Asset, AsyncCallback, DeadlineAlert, DeadlineReference, Param, task

RAW = Asset("open_payments_raw")
"""A delivery in the raw zone: ingestion's outlet."""
VALIDATED = Asset("open_payments_validated")
"""A delivery that may go on."""

# The worker's environment names the lake, and the capstone's binary where it is not installed:
# a task of bash runs in a folder of its own, which is gone afterwards.
CAPSTONE = '"${CAPSTONE:-capstone}" ${OPEN_PAYMENTS_LAKE:+--lake "$OPEN_PAYMENTS_LAKE"}'

# Every year is judged, and then the task fails if one has failed: a bad year hides no other.
VALIDATE = f"""
test -n "$YEARS" || {{ echo "no event names a year, and no parameter does"; exit 2; }}
worst=0
for year in $YEARS; do
  {CAPSTONE} validate --years "$year" || worst=$?
done
exit "$worst"
"""


def years(params: dict, events: dict) -> list[int]:
    """The years that a run is about: what it is asked for, or what the events name."""
    if params["year"]:
        return [params["year"]]
    extras = [event.extra for of_asset in events.values() for event in of_asset]
    return sorted({int(extra["year"]) for extra in extras if "year" in extra})


with DAG(
    dag_id="validate_open_payments",
    doc_md=__doc__,
    schedule=[RAW],
    start_date=datetime(2014, 7, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    params={"year": Param(None, type=["null", "integer"], minimum=2013, maximum=2100)},
    default_args={
        "retries": 1,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": True,
    },
    # From the queue on, for the clock starts when the data is there.
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=1),
        callback=AsyncCallback(
            "open_payments_alerts.late", kwargs={"dag": "validate_open_payments"}
        ),
    ),
) as dag:
    # The verdict depends on the delivery alone: trying again gives the same one later.
    @task.bash(
        env={"YEARS": "{{ ti.xcom_pull(task_ids='which') | join(' ') }}"},
        append_env=True,
        retries=0,
        execution_timeout=timedelta(minutes=30),
    )
    def validate() -> str:
        """Judge each year, and fail if one has failed."""
        return VALIDATE

    @task(execution_timeout=timedelta(minutes=5))
    def which(params, triggering_asset_events) -> list[int]:
        """Find out which years the run is about."""
        return years(params, triggering_asset_events)

    @task(outlets=[VALIDATED], execution_timeout=timedelta(minutes=5))
    def release(found: list[int], outlet_events) -> None:
        """Say that the years may go on."""
        outlet_events[VALIDATED].extra = {"years": found}

    # Beside `release`, and not behind it: a last task that always succeeds would make the
    # whole run a success.
    @task.bash(
        append_env=True, trigger_rule="all_done", execution_timeout=timedelta(minutes=5)
    )
    def report() -> str:
        """Show the history, whatever the verdict was."""
        return f"exec {CAPSTONE} runs"

    found = which()
    judged = validate()
    found >> judged
    judged >> [release(found), report()]
