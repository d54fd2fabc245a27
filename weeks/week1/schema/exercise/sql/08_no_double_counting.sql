-- What does each company spend on payments that name at least one medicine, and how many
-- different medicines do they name?
-- Medicines are products of the kind Drug or Biological. A payment that names five of them
-- is paid once. Companies without such a payment are left out.
--
-- Columns: company_id, payments (how many), amount (US dollars), products (different names)
-- Order:   company_id
-- Tables:  sql/tables.sql

with medicines as (
    select record_id, product
    from products
    where kind in ('Drug', 'Biological')
),

-- Each sum is taken at its own grain: payments here, products below.
paid as (
    select company_id, count(*) as payments, sum(amount) as amount
    from payments
    where record_id in (select record_id from medicines)
    group by company_id
),

named as (
    select company_id, count(distinct product) as products
    from payments
    inner join medicines using (record_id)
    group by company_id
)

select company_id, payments, amount, products
from paid
inner join named using (company_id)
order by company_id;
