-- The persons among the recipients, with the same keys and the same history.

{{ config(materialized='view') }}

with recipients as (

    select * from {{ ref('dim_recipients') }}

),

final as (

    select * exclude (ccn)
    from recipients
    where recipient_kind in ('physician', 'non_physician_practitioner')

)

select * from final
