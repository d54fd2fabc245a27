"""Validation of CMS Open Payments as a DAG of its own, started by what ingestion brought.

TODO: This text is the DAG's documentation in Airflow (`doc_md`). Say why validation is a DAG
of its own, what starts it, and how one year is judged again by hand.
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

# A delivery in the raw zone: ingestion's outlet.
RAW = Asset("open_payments_raw")
# A delivery that may go on.
VALIDATED = Asset("open_payments_validated")

# The worker's environment names the lake, and the capstone's binary where it is not installed:
# a task of bash runs in a folder of its own, which is gone afterwards.
CAPSTONE = '"${CAPSTONE:-capstone}" ${OPEN_PAYMENTS_LAKE:+--lake "$OPEN_PAYMENTS_LAKE"}'


def years(params: dict, events: dict) -> list[int]:
    """The years that a run is about: what it is asked for, or what the events name.

    `events` has for each asset a list of events, and ingestion's carry `{"year": …}` as their
    `extra`. Several updates that come close together are one run.
    """
    # TODO
    return []


with DAG(
    dag_id="validate_open_payments",
    # TODO: documentation, what starts a run, how many at once, the parameter `year`, retries,
    # and a deadline of one hour that calls `open_payments_alerts.late`.
    schedule=None,
) as dag:

    @task
    def which(params, triggering_asset_events) -> list[int]:
        """Find out which years the run is about."""
        return years(params, triggering_asset_events)

    @task.bash(append_env=True)
    def validate() -> str:
        """Judge each year, and fail if one has failed."""
        # TODO: `capstone validate --years …` for every year that `which` found, the bad ones
        # included. Is there any sense in trying again?
        return f"exec {CAPSTONE} --help"

    @task
    def release(found: list[int]) -> None:
        """Say that the years may go on."""
        # TODO: the event of VALIDATED carries `{"years": …}`.

    @task.bash(append_env=True)
    def report() -> str:
        """Show the history (`capstone runs`), whatever the verdict was."""
        # TODO
        return f"exec {CAPSTONE} --help"

    # TODO: what waits for what, how long each task may take, when each of them runs, and which
    # one updates VALIDATED. What decides whether the whole run has failed?
    found = which()
    validate()
    release(found)
    report()
