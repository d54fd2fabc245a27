-- Which records of program year 2023 stand in its first publication, not in its second,
-- and not on the list of withdrawn records either?
-- A line of that list without a number explains nothing.
--
-- Columns: record_id
-- Order:   record_id
-- Tables:  sql/tables.sql

-- TODO: your query
