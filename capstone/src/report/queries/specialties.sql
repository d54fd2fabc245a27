-- Specialties of the people who were paid; hospitals have none.
select
    coalesce(r.specialty_group, r.specialty, 'Not stated') as name,
    null::varchar as note,
    count(*) as records,
    coalesce(sum(p.amount_usd) * 100, 0)::bigint as cents
from marts.fct_payments p
join marts.dim_recipients r using (recipient_key)
where r.recipient_kind in ('physician', 'non_physician_practitioner')
group by 1
order by cents desc, name
limit 10
