-- What does each program year come to, as of its newest publication?
-- The newest publication replaces the older ones of its year; a record that it lacks is gone.
--
-- Columns: program_year, published (of the newest), records, amount (their sum)
-- Order:   program_year
-- Tables:  sql/tables.sql

-- TODO: your query
