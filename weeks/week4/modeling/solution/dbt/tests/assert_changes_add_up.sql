-- What a publication changed, in records and in cents: both sides of the books, the rows of
-- the fact that it became, and its tombstones.

with changes as (

    select * from {{ ref('stg_open_payments__changes') }}

),

tombstones as (

    select changes_id, count(*) as row_count
    from {{ ref('stg_open_payments__tombstones') }}
    group by changes_id

),

runs as (

    select run_id, records_accepted
    from {{ ref('stg_open_payments__runs') }}

)

select changes.*
from changes
left join tombstones on changes.changes_id = tombstones.changes_id
left join runs on changes.after_run_id = runs.run_id
where
    changes.records_before <> changes.records_unchanged + changes.records_changed + changes.records_removed
    or changes.records_after <> changes.records_unchanged + changes.records_changed + changes.records_added
    or changes.cents_before <> changes.cents_unchanged + changes.cents_changed_from + changes.cents_removed
    or changes.cents_after <> changes.cents_unchanged + changes.cents_changed_to + changes.cents_added
    or changes.records_removed
    <> changes.records_explained + changes.records_unexplained + changes.records_quarantined
    or changes.records_recovered > changes.records_added
    or coalesce(tombstones.row_count, 0) <> changes.records_explained + changes.records_unexplained
    -- Only the newest publication of a year has a run here.
    or coalesce(runs.records_accepted, changes.records_after) <> changes.records_after
