-- The tables of the drills. The data is synthetic, in the shape of the real files, and
-- another one in each test: only what stands here can be relied on.

-- General payments as delivered: one row per record and publication. Program year 2022 was
-- published once, 2023 twice. A publication is the whole state of its program year.
create table publications (
    program_year integer not null,
    published date not null,
    record_id bigint not null,      -- unique within a publication
    city varchar,                   -- NULL where CMS had nothing
    state varchar,
    amount decimal(14, 2) not null  -- US dollars
);

-- Withdrawn records of 2023, typed off a list: a line may lack its number.
create table removed (
    record_id bigint,
    change_type varchar not null    -- DELETED or REMOVED
);

-- The payments of program year 2023 in its newest publication, one row per record.
create table payments (
    record_id bigint not null,      -- unique
    company_id varchar not null,
    state varchar,                  -- as it was typed: NULL, space, small letters, placeholders
    paid_on date not null,          -- in 2023
    amount decimal(14, 2) not null, -- US dollars
    nature varchar                  -- nature of payment; sometimes NULL
);

-- The products that a payment names, none to five; one row each.
create table products (
    record_id bigint not null,
    slot integer not null,          -- 1 to 5, unique within a record
    kind varchar,                   -- Drug, Biological, Device or Medical Supply
    product varchar not null
);
