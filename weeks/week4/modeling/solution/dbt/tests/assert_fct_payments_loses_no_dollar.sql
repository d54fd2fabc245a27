-- A join that fans out or drops rows shows here first: rows and dollars per run must be the
-- staged ones.

with staged as (

    select run_id, count(*) as row_count, sum(amount_usd) as amount_usd
    from {{ ref('stg_open_payments__general_payments') }}
    group by run_id

),

loaded as (

    select run_id, count(*) as row_count, sum(amount_usd) as amount_usd
    from {{ ref('fct_payments') }}
    group by run_id

)

select
    coalesce(staged.run_id, loaded.run_id) as run_id,
    staged.row_count as staged_rows,
    loaded.row_count as loaded_rows,
    staged.amount_usd as staged_usd,
    loaded.amount_usd as loaded_usd
from staged
full outer join loaded on staged.run_id = loaded.run_id
where
    staged.row_count is distinct from loaded.row_count
    or staged.amount_usd is distinct from loaded.amount_usd
