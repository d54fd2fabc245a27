-- Is every row and every cent that was ever delivered accepted, rejected or superseded?
-- Counted three times on the way in and once more in the files written; a number in one of the
-- columns missing_… or stray_… is a defect. Deliveries that wait for their commit are waiting.

with files as (

    select
        dataset,
        program_year,
        sum(records_read) filter (where status in ('committed', 'superseded')) as records_read,
        sum(records_accepted) as records_accepted,
        sum(records_rejected) as records_rejected,
        sum(records_superseded) as records_superseded,
        sum(records_read) filter (where status not in ('committed', 'superseded')) as records_waiting,
        sum(cents_read) filter (where status in ('committed', 'superseded')) as cents_read,
        sum(cents_accepted) as cents_accepted,
        sum(cents_rejected) as cents_rejected,
        sum(cents_superseded) as cents_superseded
    from {{ source('audit', 'files') }}
    group by dataset, program_year

),

written as (

    select
        dataset,
        program_year,
        sum(rows_curated) as rows_curated,
        sum(rows_quarantined) as rows_quarantined
    from {{ source('audit', 'runs') }}
    where is_current
    group by dataset, program_year

)

select
    files.dataset,
    files.program_year,
    coalesce(files.records_read, 0) as read,
    files.records_accepted as accepted,
    files.records_rejected as rejected,
    files.records_superseded as superseded,
    coalesce(files.records_waiting, 0) as waiting,
    coalesce(files.records_read, 0) - files.records_accepted - files.records_rejected
        - files.records_superseded as missing_rows,
    coalesce(files.cents_read, 0) - files.cents_accepted - files.cents_rejected
        - files.cents_superseded as missing_cents,
    coalesce(written.rows_curated, 0) - files.records_accepted as stray_curated_rows,
    coalesce(written.rows_quarantined, 0) - files.records_rejected as stray_quarantined_rows
from files
left join written
    on files.dataset = written.dataset
    and files.program_year = written.program_year
order by files.dataset, files.program_year
