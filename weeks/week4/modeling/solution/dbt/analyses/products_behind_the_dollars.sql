-- Which products stand behind the dollars?
-- A payment that names several products counts for each with its share, so nothing counts twice.

select
    products.product_name,
    products.product_type,
    products.category,
    count(distinct (bridge.program_year, bridge.record_id)) as payments,
    round(sum(payments.amount_usd * bridge.share), 2) as amount_usd,
    count(distinct companies.company_id) as companies
from {{ ref('bridge_payment_products') }} as bridge
inner join {{ ref('fct_payments') }} as payments
    on bridge.record_id = payments.record_id
    and bridge.program_year = payments.program_year
inner join {{ ref('dim_products') }} as products on bridge.product_key = products.product_key
inner join {{ ref('dim_companies') }} as companies on payments.company_key = companies.company_key
group by products.product_key, products.product_name, products.product_type, products.category
order by amount_usd desc, products.product_name
limit 25
