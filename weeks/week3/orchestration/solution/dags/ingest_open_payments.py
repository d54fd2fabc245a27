"""Ingestion of CMS Open Payments as an Airflow DAG: one run brings one program year.

What a task does is the capstone's affair: it converges, so a task can be repeated and a run
be cleared at any time. What Airflow adds is when, how often again, how long at most, and who
hears of it.

## Which year

CMS publishes a program year at the end of June of the year after it. So the run of
2024-07-01 brings program year 2023. (With Airflow 3 a cron schedule has no data interval any
more: the logical date is the moment of the run, not the start of a year.) A run that is
triggered by hand may name its year. Unpausing the DAG starts the run of the last July, even
without catch-up.

## Backfill

Years 2016 to 2023, the newest first, without those that were done:

    airflow backfill create --dag-id ingest_open_payments \\
        --from-date 2017-07-01 --to-date 2024-07-02 \\
        --run-backwards --reprocess-behavior none --dry-run

and again without `--dry-run`. One year alone, without touching another:

    airflow dags trigger ingest_open_payments --conf '{"year": 2021}'
"""

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, Asset, AsyncCallback, DeadlineAlert, DeadlineReference, Param, task

RAW = Asset("open_payments_raw")
"""A delivery in the raw zone. Validation waits for it."""

# Values reach bash as variables, never as text of the command: nothing in them is executed.
ENV = {
    "YEAR": "{{ params.year or logical_date.year - 1 }}",
    "SOURCE": "{{ params.source }}",
}
# The worker's environment names the lake, and the capstone's binary where it is not installed:
# a task of bash runs in a folder of its own, which is gone afterwards.
CAPSTONE = 'exec "${CAPSTONE:-capstone}" ${OPEN_PAYMENTS_LAKE:+--lake "$OPEN_PAYMENTS_LAKE"}'
SOURCE = '${SOURCE:+--source "$SOURCE"}'

with DAG(
    dag_id="ingest_open_payments",
    doc_md=__doc__,
    schedule="0 6 1 7 *",
    # Fixed: a start that moves with the clock is another DAG each time the file is read.
    start_date=datetime(2014, 7, 1, tzinfo=timezone.utc),
    # Nobody wants ten years on the day on which the DAG is switched on; a backfill says so.
    catchup=False,
    # Runs share the lake's one current delivery per year.
    max_active_runs=1,
    params={
        "year": Param(None, type=["null", "integer"], minimum=2013, maximum=2100),
        "source": Param("", type="string", description="A file, folder or https:// address"),
    },
    default_args={
        # The capstone repeats single requests itself: this is for what lasts minutes.
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        # A bad year must not hold up the others.
        "depends_on_past": False,
    },
    # From the queue on: a run that never starts is late as well.
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=8),
        callback=AsyncCallback(
            "open_payments_alerts.late", kwargs={"dag": "ingest_open_payments"}
        ),
    ),
) as dag:

    @task.bash(env=ENV, append_env=True, execution_timeout=timedelta(minutes=15))
    def plan() -> str:
        """Show what is known of the year, and what will be done; change nothing."""
        return f'{CAPSTONE} backfill --plan --years "$YEAR" {SOURCE}'

    @task.bash(env=ENV, append_env=True, execution_timeout=timedelta(hours=6), outlets=[RAW])
    def ingest(params, outlet_events, logical_date=None) -> str:
        """Bring the year into the raw zone, and tell validation which one it was."""
        # A run that was triggered by hand has no logical date, and names its year.
        outlet_events[RAW].extra = {"year": params["year"] or logical_date.year - 1}
        return f'{CAPSTONE} ingest --years "$YEAR" {SOURCE}'

    plan() >> ingest()
