-- The contract of general payments in DuckDB's own terms, tuned for DuckDB 1.5.6.
-- `capstone bench` fills in names and checks from the same contract that types our rows.
--
-- The shape, each step chosen by measurement (see `capstone bench --help` and the README):
-- 1. One scan of the file stages every record. All columns are read as text: explicit types
--    in the reader accept `1.234` as money and `6/8/2023` as a date, and are no faster.
-- 2. `plain` says that a record keeps the contract exactly as it is written. Its checks are
--    the cheapest that imply the contract's: an ENUM for a closed list (a hash lookup, one
--    byte per row, and half-made dictionaries for Parquet), bytes instead of characters for a
--    length, and a look at the first and last character instead of a trim.
-- 3. Records that are not plain, far below one in a hundred, are cleaned and judged one by
--    one, with every reason. Only for them the fields as read are kept.
-- 4. Of a repeated record id the first in file order stays: staging keeps that order.
-- 5. Plain rows, cleaned rows and rejects are written as Parquet with zstd. A delivery is
--    one program year, so its folder is named here; `PARTITION_BY` costs twice the CPU.

{% for list in lists %}
CREATE TYPE {{ list.name }} AS ENUM ({{ list.values }});
-- In the contract's spelling, whatever its case is; NULL if the list does not have it.
CREATE TEMP MACRO spelt_{{ list.name }}(field) AS coalesce(
    CAST(TRY_CAST(field AS {{ list.name }}) AS VARCHAR),
    [{{ list.values }}][list_position([{{ list.lowered }}], lower(field))]
);
{%- endfor %}

CREATE TEMP TABLE staged AS
SELECT
    {{ values | join(',\n    ') }},
    plain,
    CASE WHEN NOT plain THEN [{{ fields | join(', ') }}] END AS fields
FROM (
    SELECT
        *,
        coalesce(
            {{ plain | join('\n            AND ') }},
            false
        ) AS plain
    FROM (
        SELECT
            *,
            {{ converted | join(',\n            ') }}
        FROM read_csv(
            {{ source }},
            auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
            columns = { {{- column_types | join(', ') -}} },
            nullstr = [{{ missing_values }}],
            store_rejects = true, rejects_limit = 0
        )
    )
);

-- What cleaning may do: trim white space, and read a placeholder as NULL.
CREATE TEMP MACRO trimmed(field) AS regexp_replace(field, {{ outer_space }}, '', 'g');
CREATE TEMP MACRO cleaned(field) AS
    CASE WHEN trimmed(field) NOT IN ({{ missing_values }}) THEN trimmed(field) END;

-- In steps: nested, the planner would unfold every expression into those that use it.
CREATE TEMP TABLE cleaned_lists AS
SELECT
    rowid AS place,
    list_transform(fields, lambda field: cleaned(field)) AS texts,
    fields
FROM staged
WHERE NOT plain;

CREATE TEMP TABLE cleaned_texts AS
SELECT
    place,
    {{ cleaned | join(',\n    ') }},
    fields
FROM cleaned_lists;

CREATE TEMP TABLE checked AS
SELECT
    *,
    {{ faults | join(',\n    ') }},
    {{ typed | join(',\n    ') }}
FROM cleaned_texts;

CREATE TEMP TABLE judged AS
SELECT
    *,
    list_sort(list_distinct(list_filter(
        [
            {{ reasons | join(',\n            ') }}
        ],
        lambda reason: reason IS NOT NULL
    ))) AS reasons
FROM checked;

CREATE TEMP TABLE repeated AS
WITH accepted AS (
    SELECT {{ key }}, rowid AS place FROM staged WHERE plain
    UNION ALL
    SELECT {{ key }}, place FROM judged WHERE len(reasons) = 0
),
keys AS (
    SELECT {{ key }}, min(place) AS first_place
    FROM accepted
    GROUP BY {{ key }}
    HAVING count(*) > 1
)
SELECT place
FROM accepted
JOIN keys USING ({{ key }})
WHERE place > first_place;

-- From here on order carries no meaning.
SET preserve_insertion_order = false;

COPY (
    SELECT {{ curated | join(', ') }}
    FROM staged
    WHERE plain AND rowid NOT IN (FROM repeated)
) TO {{ plain_file }} (FORMAT parquet, COMPRESSION zstd);

COPY (
    SELECT {{ curated | join(', ') }}
    FROM judged
    WHERE len(reasons) = 0 AND place NOT IN (FROM repeated)
) TO {{ cleaned_file }} (FORMAT parquet, COMPRESSION zstd);

COPY (
    SELECT reasons, fields FROM judged WHERE len(reasons) > 0
    UNION ALL
    SELECT ['duplicate_record_id'], fields
    FROM judged WHERE len(reasons) = 0 AND place IN (FROM repeated)
    UNION ALL
    SELECT ['duplicate_record_id'], [{{ fields_of_plain | join(', ') }}]
    FROM staged WHERE plain AND rowid IN (FROM repeated)
) TO {{ rejected_file }} (FORMAT parquet, COMPRESSION zstd);

-- Lines that are no records. One line can have several errors; a broken quote explains the
-- others.
COPY (
    SELECT
        CASE
            WHEN bool_or(error_type = 'UNQUOTED VALUE') THEN 'open_quote'
            WHEN bool_or(error_type = 'MISSING COLUMNS') THEN 'too_few_fields'
            WHEN bool_or(error_type = 'TOO MANY COLUMNS') THEN 'too_many_fields'
            WHEN bool_or(error_type = 'INVALID ENCODING') THEN 'invalid_utf8'
            ELSE any_value(error_type)
        END AS reason,
        line_byte_position - 1 AS byte_start,
        any_value(csv_line) AS line
    FROM reject_errors
    GROUP BY line_byte_position
) TO {{ lines_file }} (FORMAT parquet, COMPRESSION zstd);
