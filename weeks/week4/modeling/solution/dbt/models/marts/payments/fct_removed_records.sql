-- Grain: one CMS record that was published and is no more. Found by comparing publications,
-- so it has its last amount; or only listed in the removed file, where no publication that
-- had it was ever delivered.

with tombstones as (

    select
        tombstones.record_id,
        changes.program_year,
        changes.dataset,
        changes.before_publication_date as last_published,
        changes.after_publication_date as removed_as_of,
        tombstones.change_type,
        tombstones.amount_usd
    from {{ ref('stg_open_payments__tombstones') }} as tombstones
    inner join {{ ref('stg_open_payments__changes') }} as changes
        on tombstones.changes_id = changes.changes_id
    -- A record can go, come back, and go again: the last time counts.
    qualify row_number() over (
        partition by changes.dataset, changes.program_year, tombstones.record_id
        order by changes.after_publication_date desc
    ) = 1

),

listed as (

    select
        removed.record_id,
        removed.program_year,
        {{ payment_type_dataset('removed.payment_type') }} as dataset,
        runs.publication_date as removed_as_of,
        removed.change_type
    from {{ ref('stg_open_payments__removed_records') }} as removed
    inner join {{ ref('stg_open_payments__runs') }} as runs on removed.run_id = runs.run_id

),

listed_only as (

    select listed.*
    from listed
    left join tombstones
        on listed.record_id = tombstones.record_id
        and listed.program_year = tombstones.program_year
    where tombstones.record_id is null

),

gone as (

    select * from tombstones

    union all by name

    select * from listed_only

),

present as (

    select record_id, program_year, 'general' as dataset
    from {{ ref('fct_payments') }}

    union all

    select record_id, program_year, 'ownership' as dataset
    from {{ ref('fct_ownership_interests') }}

),

final as (

    select
        gone.record_id,
        gone.program_year,
        gone.dataset,
        gone.last_published,
        gone.removed_as_of,
        gone.change_type,
        gone.change_type is not null as is_explained,
        gone.amount_usd::decimal(14, 2) as amount_usd
    from gone
    left join present
        on gone.record_id = present.record_id
        and gone.program_year = present.program_year
        and coalesce(gone.dataset, present.dataset) = present.dataset
    where present.record_id is null

)

select * from final
