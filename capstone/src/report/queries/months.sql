-- Every month of every program year that has payments; a day outside its program
-- year is the business of the quality rules, and would stretch the axis to the year 2.
with program_months as (
    select program_year, unnest(range(1, 13)) as month
    from (select distinct program_year from marts.fct_payments)
), paid as (
    select program_year, month(payment_date) as month,
           count(*) as records, (sum(amount_usd) * 100)::bigint as cents
    from marts.fct_payments
    where year(payment_date) = program_year
    group by all
)
select program_year::integer, month::integer, coalesce(records, 0), coalesce(cents, 0)
from program_months left join paid using (program_year, month)
order by 1, 2
