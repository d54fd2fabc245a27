"""Whether Airflow is installed, and new enough: exit code 0 and its version, or 1 and why."""

import sys

sys.dont_write_bytecode = True

import airflow_support as support  # noqa: E402

OLDEST = (3, 1)

try:
    from airflow import __version__ as version
except ImportError as error:
    sys.exit(support.report([f"This Python has no Airflow: {error}."]))
found = tuple(int(part) for part in version.split(".")[:2])
if found < OLDEST:
    sys.exit(support.report([f"Airflow {version} has no deadlines yet: 3.1 is the oldest that will do."]))
print(f"Airflow {version}")
