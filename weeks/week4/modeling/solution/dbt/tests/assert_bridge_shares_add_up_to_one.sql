-- And has_product says exactly which payments have a row in the bridge.

with bridge as (

    select program_year, record_id, sum(share) as share
    from {{ ref('bridge_payment_products') }}
    group by program_year, record_id

),

payments as (

    select program_year, record_id
    from {{ ref('fct_payments') }}
    where has_product

)

select
    coalesce(bridge.record_id, payments.record_id) as record_id,
    bridge.share
from bridge
full outer join payments
    on bridge.record_id = payments.record_id
    and bridge.program_year = payments.program_year
where
    payments.record_id is null
    or bridge.share is null
    or abs(bridge.share - 1) > 1e-9
