-- What are the three largest payments of each company? All of them where it made fewer.
-- Of equal amounts the smaller record_id comes first, so that the answer is the same on
-- every engine and every day.
--
-- Columns: company_id, place (1, 2, 3), record_id, amount
-- Order:   company_id, place
-- Tables:  sql/tables.sql

-- TODO: your query
