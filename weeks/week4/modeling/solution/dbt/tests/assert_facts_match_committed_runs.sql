-- The facts hold exactly the records that the pipeline says it committed.

with committed as (

    select run_id, records_accepted
    from {{ ref('stg_open_payments__runs') }}
    where dataset in ('general', 'ownership')

),

-- fct_ownership_interests carries no run id, so its side is counted in staging.
loaded as (

    select run_id, count(*) as row_count
    from {{ ref('fct_payments') }}
    group by run_id

    union all

    select run_id, count(*) as row_count
    from {{ ref('stg_open_payments__ownership_interests') }}
    group by run_id

)

select
    coalesce(committed.run_id, loaded.run_id) as run_id,
    committed.records_accepted,
    loaded.row_count
from committed
full outer join loaded on committed.run_id = loaded.run_id
where coalesce(committed.records_accepted, 0) <> coalesce(loaded.row_count, 0)
