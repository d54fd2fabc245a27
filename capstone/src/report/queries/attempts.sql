-- The newest tries at running the pipeline.
select
    attempt_id::varchar, command, strftime(started_at, '%Y-%m-%d %H:%M:%S'),
    epoch(ended_at - started_at), outcome, error,
    files, records_read, records_accepted, records_rejected
from lake.attempts
order by started_at desc, attempt_id desc
limit 20
