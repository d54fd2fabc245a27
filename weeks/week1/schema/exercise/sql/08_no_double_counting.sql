-- What does each company spend on payments that name at least one medicine, and how many
-- different medicines do they name?
-- Medicines are products of the kind Drug or Biological. A payment that names five of them
-- is paid once. Companies without such a payment are left out.
--
-- Columns: company_id, payments (how many), amount (US dollars), products (different names)
-- Order:   company_id
-- Tables:  sql/tables.sql

-- TODO: your query
