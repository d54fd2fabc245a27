-- Which records of program year 2023 stand in its first publication, not in its second,
-- and not on the list of withdrawn records either?
-- A line of that list without a number explains nothing.
--
-- Columns: record_id
-- Order:   record_id
-- Tables:  sql/tables.sql

with years as (
    select min(published) as first_day, max(published) as last_day
    from publications
    where program_year = 2023
)

select old.record_id
from publications as old
cross join years
where
    old.program_year = 2023
    and old.published = years.first_day
    and not exists (
        select 1 from publications as new
        where
            new.program_year = 2023
            and new.published = years.last_day
            and new.record_id = old.record_id
    )
    and not exists (select 1 from removed where removed.record_id = old.record_id)
order by old.record_id;
