-- When did companies that usually pay not pay? For each company with 12 payments or more:
-- every unbroken run of months of 2023 without a payment, at the ends of the year too.
--
-- Columns: company_id, first_month (1 to 12), months (length of the run)
-- Order:   company_id, first_month
-- Tables:  sql/tables.sql

-- TODO: your query
