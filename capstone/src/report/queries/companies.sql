-- Companies by dollars, all versions of a company together, under its newest name.
select
    coalesce(max_by(c.company_name, c.valid_from), max(c.company_name), 'Unknown company') as name,
    max_by(case when c.country = 'United States' then c.state else c.country end, c.valid_from) as note,
    count(*) as records,
    coalesce(sum(p.amount_usd) * 100, 0)::bigint as cents
from marts.fct_payments p
left join marts.dim_companies c using (company_key)
group by coalesce(c.company_id, 'unknown')
order by cents desc, name
limit 10
