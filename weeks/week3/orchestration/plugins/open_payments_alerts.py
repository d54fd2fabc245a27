"""What happens when a deadline is missed.

Airflow calls this from its triggerer, which never sees the folder of DAGs: a callback must
stand in a module that every process can import, and the plugins folder is one.
"""

import logging

log = logging.getLogger(__name__)


async def late(dag: str, **context: object) -> None:
    """Say which DAG is late. A page or a message goes here, where a team has one."""
    log.error("%s has not kept its deadline: %s", dag, context.get("context", {}))
