-- Which records of program year 2023 differ between its two publications?
-- A record counts if it stands in both and its city, state or amount is not the same. A
-- value that appeared or vanished is a difference; nothing in both is none.
--
-- Columns: record_id
-- Order:   record_id
-- Tables:  sql/tables.sql

select record_id
from publications as old
inner join publications as new using (program_year, record_id)
where
    program_year = 2023
    and old.published < new.published
    and (
        old.city is distinct from new.city
        or old.state is distinct from new.state
        or old.amount is distinct from new.amount
    )
order by record_id;
