-- Which companies pay most in the newest year, and how much of all dollars is theirs?

with newest as (

    select max(program_year) as program_year
    from {{ ref('fct_payments') }}

),

companies as (

    select
        payments.company_key,
        count(*) as payments,
        sum(payments.amount_usd) as amount_usd
    from {{ ref('fct_payments') }} as payments
    inner join newest on payments.program_year = newest.program_year
    group by payments.company_key

),

ranked as (

    select
        *,
        row_number() over (order by amount_usd desc, company_key) as rank,
        100 * amount_usd / sum(amount_usd) over () as share_pct
    from companies

)

select
    ranked.rank,
    dim_companies.company_name,
    ranked.payments,
    ranked.amount_usd,
    round(ranked.share_pct, 2) as share_pct,
    round(sum(ranked.share_pct) over (order by ranked.rank), 2) as cumulative_pct
from ranked
inner join {{ ref('dim_companies') }} as dim_companies on ranked.company_key = dim_companies.company_key
order by ranked.rank
limit 20
