-- Which records of program year 2023 differ between its two publications?
-- A record counts if it stands in both and its city, state or amount is not the same. A
-- value that appeared or vanished is a difference; nothing in both is none.
--
-- Columns: record_id
-- Order:   record_id
-- Tables:  sql/tables.sql

-- TODO: your query
