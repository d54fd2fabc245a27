-- What does each company spend on meals, on travel and on everything else?
-- Meals are the nature 'Food and Beverage', travel is 'Travel and Lodging'. Each payment is in
-- exactly one of the three sums, also one without a nature; where there is none, the sum is 0.
--
-- Columns: company_id, meals, travel, other (US dollars)
-- Order:   company_id
-- Tables:  sql/tables.sql

select
    company_id,
    coalesce(sum(amount) filter (where nature = 'Food and Beverage'), 0) as meals,
    coalesce(sum(amount) filter (where nature = 'Travel and Lodging'), 0) as travel,
    coalesce(
        sum(amount) filter (
            where nature is null or nature not in ('Food and Beverage', 'Travel and Lodging')
        ),
        0
    ) as other
from payments
group by company_id
order by company_id;
