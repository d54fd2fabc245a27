-- A warehouse without rows: the tables that the rules and the report read, with the
-- columns that they read. Tests only.
create schema lake;
create schema marts;

create table lake.general_payments (
    record_id bigint, program_year integer, payment_publication_date date,
    third_party_payment_recipient_indicator varchar,
    name_of_third_party_entity_receiving_payment_or_transfer_of_value varchar,
    record_number bigint, run_id varchar);
create table lake.ownership_interests (record_id bigint, program_year integer, record_number bigint, run_id varchar);
create table lake.removed_records (
    change_type varchar, payment_type varchar, record_id bigint, program_year integer,
    record_number bigint, run_id varchar);
create table lake.rejected_records (
    run_id varchar, dataset varchar, program_year integer, file_name varchar, record_number bigint,
    line bigint, byte_start bigint, byte_end bigint, reasons varchar[], amount_cents bigint, raw varchar);
create table lake.files (
    file_name varchar, dataset varchar, layout varchar, program_year integer, publication date,
    run_id varchar, status varchar, size_bytes bigint, sha256 varchar, drift varchar[],
    records_read bigint, records_accepted bigint, records_rejected bigint, records_superseded bigint,
    cents_read bigint, cents_accepted bigint, cents_rejected bigint, cents_superseded bigint);
create table lake.runs (
    run_id varchar, dataset varchar, program_year integer, publication date, sequence bigint,
    contract_version varchar, data_files bigint, data_bytes bigint, records_accepted bigint);
create table lake.attempts (
    attempt_id varchar, command varchar, started_at timestamp, ended_at timestamp, outcome varchar,
    error varchar, files bigint, records_read bigint, records_accepted bigint, records_rejected bigint);
create table lake.properties (name varchar, value varchar);

create table marts.fct_payments (
    record_id bigint, program_year integer, publication_date date, change_type varchar,
    recipient_key varchar, company_key varchar, recipient_type varchar, payment_date date,
    amount_usd decimal(14, 2), payment_count bigint, form_of_payment varchar, nature_of_payment varchar,
    third_party_recipient varchar, is_disputed boolean, is_charity boolean, has_product boolean,
    travel_city varchar, travel_state varchar, travel_country varchar, context varchar,
    submitting_company_name varchar, run_id varchar, record_number bigint);
create table marts.dim_recipients (
    recipient_key varchar, recipient_id varchar, recipient_kind varchar, npi varchar, ccn varchar,
    specialty varchar, specialty_group varchar, state varchar,
    valid_from date, valid_to date, is_current boolean);
create table marts.dim_companies (
    company_key varchar, company_id varchar, company_name varchar, state varchar, country varchar,
    valid_from date, valid_to date, is_current boolean);
create table marts.dim_products (
    product_key varchar, product_name varchar, product_type varchar, category varchar, ndc_or_pdi varchar);
create table marts.bridge_payment_products (
    record_id bigint, program_year integer, slot integer, product_key varchar, is_covered boolean, share double);
create table marts.fct_ownership_interests (
    record_id bigint, program_year integer, publication_date date, physician_key varchar, company_key varchar,
    amount_invested_usd decimal(14, 2), value_of_interest_usd decimal(14, 2), terms varchar,
    interest_holder varchar, is_disputed boolean);
