-- The figures at the top. Keys are versions, so people and companies are counted by id.
select
    (select count(*) from marts.fct_payments),
    (select coalesce(sum(amount_usd) * 100, 0)::bigint from marts.fct_payments),
    (select count(distinct company_id)
     from marts.dim_companies semi join marts.fct_payments using (company_key)),
    (select count(distinct recipient_id)
     from marts.dim_recipients semi join marts.fct_payments using (recipient_key)),
    (select count(*) from marts.fct_ownership_interests),
    (select coalesce(sum(amount_invested_usd) * 100, 0)::bigint from marts.fct_ownership_interests),
    (select count(distinct (dataset, program_year, publication))
     from lake.files where status <> 'archived'),
    (select count(distinct (dataset, program_year, publication))
     from lake.files where status = 'superseded')
