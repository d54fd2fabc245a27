-- How many payments went to each state?
-- Space around a state is no part of it, and small letters mean the same as capitals.
-- Nothing, space only, and the placeholders '-', 'N/A', '#N/A' and '-- SELECT --' all mean
-- that no state is known: one row, with NULL, which comes last.
--
-- Columns: state, records
-- Order:   state, NULL last
-- Tables:  sql/tables.sql

-- TODO: your query
