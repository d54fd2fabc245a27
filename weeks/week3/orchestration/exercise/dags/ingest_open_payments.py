"""Ingestion of CMS Open Payments as an Airflow DAG: one run brings one program year.

TODO: This text is the DAG's documentation in Airflow (`doc_md`). Say which year a run brings,
and how a backfill of 2016 to 2023 is made, with the command.
"""

from datetime import datetime, timedelta, timezone  # noqa: F401

from airflow.sdk import (  # noqa: F401
    DAG,
    Asset,
    AsyncCallback,
    DeadlineAlert,
    DeadlineReference,
    Param,
    task,
)

# A delivery in the raw zone. Validation waits for an asset of this name.
RAW = Asset("open_payments_raw")

# The worker's environment names the lake, and the capstone's binary where it is not installed:
# a task of bash runs in a folder of its own, which is gone afterwards.
CAPSTONE = 'exec "${CAPSTONE:-capstone}" ${OPEN_PAYMENTS_LAKE:+--lake "$OPEN_PAYMENTS_LAKE"}'

# What every run can be asked for reaches bash as variables, never as text of the command.
# TODO: YEAR, the program year: the parameter `year`, or the one that CMS publishes in the
# summer of the logical date. SOURCE: the parameter `source`.
ENV: dict[str, str] = {}

with DAG(
    dag_id="ingest_open_payments",
    # TODO: documentation, a schedule (CMS publishes a year on 30 June of the year after it), a
    # start, whether runs of the past are made up for, how many runs at once, the parameters
    # `year` and `source` with types and bounds, retries for every task, and a deadline of
    # eight hours that calls `open_payments_alerts.late` (plugins/open_payments_alerts.py).
    schedule=None,
) as dag:

    @task.bash(env=ENV, append_env=True)
    def plan() -> str:
        """Show what is known of the year, and what will be done; change nothing."""
        # TODO: `capstone backfill --plan` for the year, and its source if one is named.
        return f"{CAPSTONE} --help"

    @task.bash(env=ENV, append_env=True)
    def ingest() -> str:
        """Bring the year into the raw zone, and tell validation which one it was."""
        # TODO: `capstone ingest`. The event of the asset carries `{"year": …}` as its extra
        # (ask for `outlet_events` as a parameter): validation has no other way to know it.
        return f"{CAPSTONE} --help"

    # TODO: what waits for what, how long each task may take, and which one updates RAW.
    plan()
    ingest()
