-- Twenty thousand invented payments over three program years, with the skew of the
-- real ones, and every account in order: each quality rule passes. Tests only.
create temp macro u(i, salt) as (hash(i * 101 + salt) % 1000003) / 1000003.0;
-- Nearly normal, from four uniform numbers.
create temp macro z(i, salt) as (u(i, salt) + u(i, salt + 1) + u(i, salt + 2) + u(i, salt + 3) - 2) * 1.732;
create temp macro luhn(nine) as (10 - (24 + list_sum(list_transform(range(1, 10), lambda i:
    case when i % 2 = 0 then nine[i]::integer
         else 2 * nine[i]::integer - case when nine[i] > '4' then 9 else 0 end end))) % 10) % 10;

insert into marts.dim_companies
select 'c' || i, (100000000000 + i)::varchar,
       ['Harrowgate Orthopaedic Innovations & Spine Technologies Holdings, LLC', 'Veltrane Pharmaceuticals, Inc.',
        'Norwick Therapeutics North America Corporation', 'Ashdown Medical', 'Quillon Biosciences, a subsidiary of Marlowe-Tate International Group plc',
        'Brightwater Devices, L.P.', 'Ostrava Surgical Instruments Manufacturing Company', 'Lumeris & Kade Vision Care'][1 + i % 8]
       || case when i < 8 then '' else ' ' || i end,
       case when i % 9 = 4 then null else ['NJ', 'CA', 'MA', 'IL', 'TX'][1 + i % 5] end,
       case when i % 9 = 4 then 'Switzerland' else 'United States' end,
       date '2021-01-01', null, true
from range(0, 60) t(i)
union all select 'unknown', null, 'Unknown company', null, null, null, null, true;

insert into marts.dim_recipients
select 'r' || i, case when i % 150 = 0 then 'TH-' || i else (5000000 + i)::varchar end,
       case when i % 150 = 0 then 'teaching_hospital' when i % 3 = 1 then 'non_physician_practitioner' else 'physician' end,
       case when i % 150 = 0 then null else nine || luhn(nine) end,
       case when i % 150 = 0 then lpad(i::varchar, 6, '0') end,
       null,
       case when i % 150 = 0 then null
            else ['Internal Medicine', 'Orthopaedic Surgery', 'Nurse Practitioner', 'Ophthalmology', 'Dermatology',
                  'Psychiatry & Neurology', 'Family Medicine', 'Radiology', 'Physician Assistant', 'Urology',
                  'Student in an Organized Health Care Education/Training Program', 'Pediatrics', 'Surgery'][1 + (i * 7) % 13] end,
       'OH', date '2021-01-01', null, true
from (select i, (190000000 + i * 7919)::varchar as nine from range(0, 3000) t(i))
union all select 'unknown', null, 'unknown', null, null, null, null, null, null, null, true;

insert into marts.dim_products
select 'p' || i, ['VELTRAZA', 'Orthofix Spinal Cage System with Lateral Access Instruments', 'NORVASTIQ', 'BRILLEN XR', 'Kadeline IOL'][1 + i % 5] || ' ' || (i // 5 + 1),
       ['Drug', 'Device', 'Drug', 'Biological', 'Device'][1 + i % 5], 'Category', null
from range(0, 40) t(i)
union all select 'unknown', 'Unknown product', 'Unknown', null, null;

create temp table drawn as
select i, 2021 + (i % 3)::integer as program_year, u(i, 1) as nature_at, z(i, 10) as size,
       least(59, floor(60 * power(u(i, 2), 4)))::integer as company, floor(3000 * power(u(i, 3), 2))::integer as recipient,
       (floor(365 * sqrt(u(i, 4) * u(i, 5))))::integer as day
from range(0, 20000) t(i);

insert into marts.fct_payments
select 700000000 + i, program_year, case program_year when 2023 then date '2025-01-21' else date '2024-06-28' end,
       case when i % 40 = 0 then 'CHANGED' else 'UNCHANGED' end,
       'r' || recipient, 'c' || company, null, make_date(program_year, 1, 1) + least(day, 364),
       greatest(0.01, round(exp(mean + spread * size), 2))::decimal(14, 2), 1,
       case when nature = 'Food and Beverage' then 'In-kind items and services' else 'Cash or cash equivalent' end,
       nature, case when i % 100 = 7 then 'Entity' else 'No Third Party Payment' end,
       false, false, i % 12 <> 0, case when nature = 'Travel and Lodging' then 'Columbus' end,
       case when nature = 'Travel and Lodging' then 'OH' end,
       case when nature = 'Travel and Lodging' then 'United States' end,
       case when i % 20 = 3 then 'for a "talk"' end, null, 'g' || program_year, i + 1
from (select *, case when nature_at < 0.885 then 'Food and Beverage' when nature_at < 0.93 then 'Travel and Lodging'
                     when nature_at < 0.95 then 'Compensation for services other than consulting, including serving as faculty or as a speaker at a venue other than a continuing education program'
                     when nature_at < 0.97 then 'Consulting Fee' when nature_at < 0.98 then 'Education'
                     when nature_at < 0.985 then 'Honoraria' when nature_at < 0.99 then 'Gift'
                     when nature_at < 0.994 then 'Long term medical supply or device loan' when nature_at < 0.997 then 'Grant'
                     else 'Royalty or License' end as nature,
             case when nature_at < 0.885 then 3.05 when nature_at < 0.93 then 5.2 when nature_at < 0.97 then 7.3
                  when nature_at < 0.98 then 4.6 when nature_at < 0.985 then 7.5 when nature_at < 0.99 then 3.8
                  when nature_at < 0.997 then 7.2 else 9.2 end as mean,
             case when nature_at < 0.885 then 0.55 when nature_at < 0.997 then 1.1 else 2.2 end as spread
      from drawn);

insert into marts.bridge_payment_products
select record_id, program_year, slot, 'p' || ((record_id + slot * 7) % 40), true, 1.0 / n
from (select *, 1 + (record_id % 3)::integer as n from marts.fct_payments where has_product), unnest(range(1, n + 1)) s(slot);

insert into marts.fct_ownership_interests
select 900000 + i, 2023, date '2025-01-21', 'r' || (1 + i * 150), 'c' || i, (i * i * 1000.5)::decimal(14, 2),
       (i * i * 1500)::decimal(14, 2), 'Shares', 'Physician Covered Recipient', false
from range(1, 19) t(i);

insert into lake.general_payments
select record_id, program_year, publication_date, third_party_recipient,
       case when third_party_recipient = 'Entity' then 'Elm Street Clinic' end, record_number, run_id
from marts.fct_payments;
insert into lake.ownership_interests select record_id, program_year, record_id, 'o2023' from marts.fct_ownership_interests;
insert into lake.removed_records select 'DELETED', 'General', i, 2023, i, 'd2023' from range(1, 26) t(i);

insert into lake.rejected_records
select 'g' || year, 'general', year, 'OP_DTL_GNRL_PGYR' || year || '_P06282024.csv', 100 * i, 100 * i + 1, 0, 1,
       case i % 8 when 0 then ['too_few_fields'] when 1 then ['open_quote'] when 2 then ['invalid_value:recipient_state']
            when 3 then ['invalid_value:recipient_state', 'missing_value:nature_of_payment_or_transfer_of_value']
            when 4 then ['duplicate_record_id'] when 5 then ['invalid_value:recipient_state'] when 6 then ['invalid_utf8']
            else ['out_of_program_year:date_of_payment'] end,
       case when i % 8 < 2 then null else 2000 + i end, 'raw'
from range(1, 21) t(i), (select unnest([2021, 2022]) as year)
union all
select 'g2023', 'general', 2023, 'OP_DTL_GNRL_PGYR2023_P01212025_01102025.csv', i, i + 1, 0, 1, ['too_many_fields'], 700, 'raw'
from range(1, 4) t(i);

insert into lake.files
select file_name, dataset, layout, program_year, publication, run_id, status, size_bytes, 'abc', drift,
       accepted + rejected + superseded, accepted, rejected, superseded,
       cents + cents_rejected + cents_superseded, cents, cents_rejected, cents_superseded
from (
    select coalesce(max(q.file_name), 'OP_DTL_GNRL') as file_name, 'general' as dataset, 'general_f_91' as layout,
           p.program_year, max(p.publication_date) as publication, p.run_id, 'committed' as status,
           max(p.n) * 530 as size_bytes, case when p.program_year = 2022 then ['reordered'] else [] end as drift,
           max(p.n) as accepted, count(q.run_id) as rejected, 0 as superseded, max(p.cents) as cents,
           coalesce(sum(q.amount_cents), 0) as cents_rejected, 0 as cents_superseded
    from (select run_id, program_year, max(publication_date) as publication_date, count(*) as n,
                 (sum(amount_usd) * 100)::bigint as cents
          from marts.fct_payments group by run_id, program_year) p
    left join lake.rejected_records q using (run_id)
    group by p.program_year, p.run_id
    union all
    select 'OP_DTL_GNRL_PGYR2023_P06282024.csv', 'general', 'general_f_91', 2023, date '2024-06-28', 's2023',
           'superseded', 3500000, [], 0, 12, 6590, 0, 40400, 91234567
    union all
    select 'OP_DTL_OWNRSHP_PGYR2023_P01212025_01102025.csv', 'ownership', 'ownership_f_30', 2023, date '2025-01-21',
           'o2023', 'committed', 5000, [], 18, 0, 0,
           (select (sum(amount_invested_usd) * 100)::bigint from marts.fct_ownership_interests), 0, 0
    union all
    select 'OP_REMOVED_DELETED_PGYR2023_P01212025_01102025.csv', 'removed', 'removed_4', 2023, date '2025-01-21',
           'd2023', 'committed', 900, [], 25, 0, 0, 0, 0, 0
);
insert into lake.files by name
select 'OP_DTL_RSRCH_PGYR2023_P06282024.csv' as file_name, 'research' as dataset, 'research_f_252' as layout,
       2023 as program_year, date '2024-06-28' as publication, 'archived' as status, 946000 as size_bytes, [] as drift;

insert into lake.runs
select run_id, dataset, program_year, publication, case when run_id = 'g2023' then 2 else 1 end, '1.0.0', 1,
       size_bytes // 9, records_accepted
from lake.files where status = 'committed';

insert into lake.attempts values
    ('0199d001-0000-7000-8000-000000000001', 'capstone run --years 2021..2023', '2026-01-05 09:00:00', '2026-01-05 09:00:41', 'succeeded', null, 6, 26700, 20043, 55),
    ('0199d002-0000-7000-8000-000000000002', 'capstone ingest', '2026-01-06 09:00:00', '2026-01-06 09:00:02.5', 'failed', 'the lake at s3://op-lake can''t be reached: is the endpoint right?', null, null, null, null),
    ('0199d003-0000-7000-8000-000000000003', 'capstone run', '2026-01-07 09:00:00', null, 'running', null, 6, 26700, 20043, 55);
insert into lake.properties values ('data_kind', 'synthetic'), ('contract_version', '1.0.0');
