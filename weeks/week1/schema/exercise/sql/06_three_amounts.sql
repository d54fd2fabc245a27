-- What does each company spend on meals, on travel and on everything else?
-- Meals are the nature 'Food and Beverage', travel is 'Travel and Lodging'. Each payment is in
-- exactly one of the three sums, also one without a nature; where there is none, the sum is 0.
--
-- Columns: company_id, meals, travel, other (US dollars)
-- Order:   company_id
-- Tables:  sql/tables.sql

-- TODO: your query
