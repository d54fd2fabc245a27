-- What does each program year come to, as of its newest publication?
-- The newest publication replaces the older ones of its year; a record that it lacks is gone.
--
-- Columns: program_year, published (of the newest), records, amount (their sum)
-- Order:   program_year
-- Tables:  sql/tables.sql

with newest as (
    select program_year, max(published) as published
    from publications
    group by program_year
)

select program_year, published, count(*) as records, sum(amount) as amount
from publications
inner join newest using (program_year, published)
group by program_year, published
order by program_year;
