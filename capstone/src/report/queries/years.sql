-- Year over year.
select
    p.program_year::integer,
    max(p.publication_date)::varchar,
    count(*),
    coalesce(sum(p.amount_usd) * 100, 0)::bigint,
    coalesce(round(median(p.amount_usd) * 100), 0)::bigint,
    count(distinct c.company_id),
    count(distinct r.recipient_id)
from marts.fct_payments p
left join marts.dim_companies c using (company_key)
left join marts.dim_recipients r using (recipient_key)
group by 1
order by 1
