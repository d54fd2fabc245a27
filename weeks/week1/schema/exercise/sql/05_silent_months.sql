-- When did companies that usually pay not pay? For each company with 12 payments or more:
-- every unbroken run of months of 2023 without a payment, at the ends of the year too.
--
-- Columns: company_id, first_month (1 to 12), months (length of the run)
-- Order:   company_id, first_month
-- Tables:  sql/tables.sql

with companies as (
    select company_id
    from payments
    group by company_id
    having count(*) >= 12
),

silent as (
    select companies.company_id, calendar.month
    from companies
    cross join range(1, 13) as calendar (month)
    where not exists (
        select 1 from payments
        where
            payments.company_id = companies.company_id
            and month(payments.paid_on) = calendar.month
    )
),

-- Within a run, month and row number grow together.
numbered as (
    select
        company_id,
        month,
        month - row_number() over (partition by company_id order by month) as run
    from silent
)

select company_id, min(month) as first_month, count(*) as months
from numbered
group by company_id, run
order by company_id, first_month;
