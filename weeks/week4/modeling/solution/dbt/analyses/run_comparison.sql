-- What changed from one run to the next, in rows, dollars, rejects and checks?
-- The project's variables run_before and run_after are run ids or their starts; without them,
-- every current run is compared with the one that it superseded.

with pairs as (

    select
        earlier.run_id as run_before,
        later.run_id as run_after,
        later.dataset,
        later.program_year
    from {{ source('audit', 'runs') }} as later
    inner join {{ source('audit', 'runs') }} as earlier
        {% if var('run_before') or var('run_after') %}
        on earlier.dataset = later.dataset
        and starts_with(earlier.run_id, '{{ var("run_before") }}')
        and starts_with(later.run_id, '{{ var("run_after") }}')
        {% else %}
        on earlier.dataset = later.dataset
        and earlier.program_year = later.program_year
        and earlier.sequence = later.sequence - 1
        and later.is_current
        {% endif %}
    group by all

),

measures as (

    select run_id, 'rows read' as measure, records_read::varchar as value, records_read as number from {{ source('audit', 'runs') }}
    union
    select run_id, 'rows accepted', records_accepted::varchar, records_accepted from {{ source('audit', 'runs') }}
    union
    select run_id, 'rows rejected', records_rejected::varchar, records_rejected from {{ source('audit', 'runs') }}
    union
    select run_id, 'dollars read', (cents_read / 100)::decimal(18, 2)::varchar, cents_read / 100 from {{ source('audit', 'runs') }}
    union
    select run_id, 'dollars accepted', (cents_accepted / 100)::decimal(18, 2)::varchar, cents_accepted / 100 from {{ source('audit', 'runs') }}
    union
    select run_id, 'dollars rejected', (cents_rejected / 100)::decimal(18, 2)::varchar, cents_rejected / 100 from {{ source('audit', 'runs') }}
    union
    select run_id, 'contract', contract_version, null from {{ source('audit', 'runs') }}
    union
    select run_id, 'rejected: ' || reason, sum(records)::varchar, sum(records) from {{ source('audit', 'rejects') }} group by all
    union
    -- The worst verdict of all files.
    select
        run_id,
        'check: ' || name,
        case
            when bool_or(status = 'failed') then 'failed'
            when bool_or(status = 'warned') then 'warned'
            else 'passed'
        end,
        null
    from {{ source('audit', 'checks') }}
    where source = 'validation'
    group by run_id, name

),

compared as (

    select
        pairs.dataset,
        pairs.program_year,
        pairs.run_before,
        pairs.run_after,
        measures.measure,
        max(measures.value) filter (where measures.run_id = pairs.run_before) as before,
        max(measures.value) filter (where measures.run_id = pairs.run_after) as after,
        coalesce(max(measures.number) filter (where measures.run_id = pairs.run_after), 0)
            - coalesce(max(measures.number) filter (where measures.run_id = pairs.run_before), 0) as change
    from pairs
    inner join measures on measures.run_id in (pairs.run_before, pairs.run_after)
    group by all

)

select
    dataset,
    program_year,
    left(run_before, 8) as run_before,
    left(run_after, 8) as run_after,
    measure,
    before,
    after,
    case when measure like 'check: %' or measure = 'contract' then null else round(change, 2) end as change
from compared
where before is distinct from after
order by dataset, program_year, run_after, measure
