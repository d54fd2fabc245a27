"""The contract of general payments in Polars for Python: `capstone bench` runs it.

    python polars_peer.py JOB.json THREADS

JOB.json is written from the contract that types our rows. As in the DuckDB script, a record
is *plain* if it keeps the contract as it is written, and only the others are cleaned and
judged, with every reason. Polars' reader has no list of rejected lines: a record with too few
fields is filled with NULLs, and a broken quote or bytes that are no UTF-8 stop the program.
"""

import json
import os
import sys

job = json.load(open(sys.argv[1], encoding="utf-8"))
os.environ["POLARS_MAX_THREADS"] = sys.argv[2]

import polars as pl  # noqa: E402  (it reads the variable when it is loaded)

MISSING = job["missing_values"]
MONEY = pl.Decimal(14, 2)
TYPES = {"text": pl.String, "integer": pl.Int64, "money": MONEY, "date": pl.Date}
COLUMNS = job["columns"]
PRESENT = [column for column in COLUMNS if column["source"] is not None]
NAMES = {column["name"] for column in PRESENT}
YEAR, PUBLISHED = job["program_year"], job["publication"]
TRUE = pl.lit(True)


def allof(conditions):
    return pl.all_horizontal(conditions)


def typed(column, value):
    """The value as its type; NULL if it has no such value."""
    name = column["value_type"]
    if name == "date":
        day = value.str.to_date("%m/%d/%Y", strict=False)
        shape = value.str.contains(r"^[0-9]{2}/[0-9]{2}/[0-9]{4}$")
        return pl.when(shape).then(day)
    if name == "money":
        shape = value.str.contains(r"^-?[0-9]{1,12}(\.[0-9]{0,2})?$")
        return pl.when(shape).then(value).cast(MONEY, strict=False)
    if name == "integer":
        shape = value.str.contains(r"^-?[0-9]{1,18}$")
        return pl.when(shape).then(value).cast(pl.Int64, strict=False)
    return value


def minimum(column):
    least = column["minimum"]
    if least is None:
        return None
    if column["value_type"] == "money":
        return pl.lit(f"{least // 100}.{least % 100:02}").cast(MONEY)
    return pl.lit(least)


def plain(column):
    """The value keeps the contract as it is written. NULL where it is NULL."""
    value = pl.col(column["name"])
    if column["name"] == "program_year":
        return value == str(YEAR)
    if column["name"] == "payment_publication_date":
        return value == PUBLISHED
    if column["value_type"] != "text":
        number = pl.col(f"typed_{column['name']}")
        least = minimum(column)
        good = number.is_not_null() if least is None else (number >= least).fill_null(False)
        return pl.when(value.is_not_null()).then(good)
    if column["allowed"]:
        return value.is_in(column["allowed"])
    conditions = []
    if column["pattern"]:
        conditions.append(value.str.contains(f"^(?:{column['pattern']})$"))
    else:
        conditions.append(value.str.strip_chars() == value)
    if column["max_length"]:
        conditions.append(value.str.len_bytes() <= column["max_length"])
    return allof(conditions)


def condition(when, filled):
    """A condition on another column; `filled` gives its value."""
    (kind, body), = when.items()
    if body["column"] not in NAMES:
        return pl.lit(False)
    value = filled(body["column"])
    holds = value.is_in(body["values"])
    return (holds if kind == "in" else ~holds).fill_null(False)


def plain_rule(rule):
    (kind, body), = rule.items()
    if body["column"] not in NAMES:
        return TRUE
    value = pl.col(body["column"])
    if kind == "in_program_year":
        return value.str.ends_with(f"/{YEAR}").fill_null(True)
    broken = value.is_null() if kind == "required_when" else value.is_not_null()
    return ~(broken & condition(body["when"], pl.col))


def cleaned(name):
    value = pl.col(name).str.strip_chars()
    return pl.when(~value.is_in(["", *MISSING])).then(value).alias(f"text_{name}")


def spelt(column, value):
    """A value of the closed list in the contract's spelling."""
    exact = pl.when(value.is_in(column["allowed"])).then(value)
    spellings = {}
    for allowed in column["allowed"]:
        spellings.setdefault(allowed.lower(), allowed)
    lowered = value.str.to_lowercase()
    folded = lowered.replace_strict(spellings, default=None, return_dtype=pl.String)
    return pl.coalesce(exact, folded)


def fault(column):
    """The reason against the value alone."""
    name = column["name"]
    value = pl.col(f"text_{name}")
    cases = []
    if column["required"]:
        cases.append((value.is_null(), "missing_value"))
    if column["value_type"] != "text":
        number = typed(column, value)
        cases.append((value.is_not_null() & number.is_null(), "invalid_value"))
        if column["minimum"] is not None:
            cases.append((number < minimum(column), "out_of_range"))
    else:
        if column["max_length"]:
            cases.append((value.str.len_chars() > column["max_length"], "too_long"))
        if column["pattern"]:
            cases.append((~value.str.contains(f"^(?:{column['pattern']})$"), "invalid_value"))
        if column["allowed"]:
            wrong = value.is_not_null() & spelt(column, value).is_null()
            cases.append((wrong, "invalid_value"))
    chosen = pl.lit(None, dtype=pl.String)
    for check, code in reversed(cases):
        chosen = pl.when(check.fill_null(False)).then(pl.lit(f"{code}:{name}")).otherwise(chosen)
    return chosen.alias(f"fault_{name}")


def good(name):
    """A cleaned value that no check refused."""
    return pl.when(pl.col(f"fault_{name}").is_null()).then(pl.col(name))


def rule_reason(rule):
    (kind, body), = rule.items()
    name = body["column"]
    if name not in NAMES:
        return []
    if kind == "in_program_year":
        broken, code = good(name).dt.year() != YEAR, "out_of_program_year"
    elif kind == "required_when":
        broken, code = pl.col(f"text_{name}").is_null(), "missing_value"
        broken &= condition(body["when"], good)
    else:
        broken, code = good(name).is_not_null(), "unexpected_value"
        broken &= condition(body["when"], good)
    return [pl.when(broken.fill_null(False)).then(pl.lit(f"{code}:{name}"))]


def partition_reason(name, expected):
    if name not in NAMES:
        return []
    wrong = (good(name) != expected).fill_null(False)
    return [pl.when(wrong).then(pl.lit(f"wrong_partition:{name}"))]


def curated(frame):
    """Rows as the contract has them, without the partition's column."""
    columns = []
    for column in COLUMNS:
        name, dtype = column["name"], TYPES[column["value_type"]]
        if name == "program_year":
            continue
        value = pl.col(name) if name in NAMES else pl.lit(None)
        columns.append(value.cast(dtype).alias(name))
    return frame.select(columns)


def judged(odd):
    """Records that are not plain: cleaned, typed, and with every reason against them."""
    odd = odd.with_columns(pl.concat_list([pl.col(c["name"]) for c in PRESENT]).alias("fields"))
    odd = odd.with_columns([cleaned(column["name"]) for column in PRESENT])
    odd = odd.with_columns([fault(column) for column in PRESENT])
    values = []
    for column in PRESENT:
        value = pl.col(f"text_{column['name']}")
        value = spelt(column, value) if column["allowed"] else typed(column, value)
        values.append(value.alias(column["name"]))
    odd = odd.with_columns(values)
    day = pl.lit(PUBLISHED).str.to_date("%m/%d/%Y")
    reasons = [pl.col(f"fault_{column['name']}") for column in PRESENT]
    reasons += [reason for rule in job["row_rules"] for reason in rule_reason(rule)]
    reasons += partition_reason("program_year", YEAR)
    reasons += partition_reason("payment_publication_date", day)
    return odd.with_columns(pl.concat_list(reasons).list.drop_nulls().list.unique().alias("reasons"))


def write(frame, folder, name):
    frame.write_parquet(os.path.join(folder, name), compression="zstd")


header = {f"f{at}": pl.String for at in range(job["fields"])}
source = pl.scan_csv(
    job["source"], schema=header, has_header=False, skip_rows=1, quote_char='"', null_values=["", *MISSING],
    row_index_name="place",
)
staged = source.select(
    "place", *[pl.col(f"f{column['source']}").alias(column["name"]) for column in PRESENT]
)
staged = staged.with_columns(
    [
        typed(column, pl.col(column["name"])).alias(f"typed_{column['name']}")
        for column in PRESENT
        if column["value_type"] != "text"
    ]
)
checks = [plain(column).fill_null(not column["required"]) for column in PRESENT]
checks += [plain_rule(rule) for rule in job["row_rules"]]
staged = staged.with_columns(allof(checks).alias("plain")).collect(engine="streaming")

odd = judged(staged.filter(~pl.col("plain")))
clean = staged.filter("plain").with_columns(
    [
        pl.col(f"typed_{column['name']}").alias(column["name"])
        for column in PRESENT
        if column["value_type"] != "text"
    ]
)
del staged
key = job["key"]
accepted_odd = odd.filter(pl.col("reasons").list.len() == 0)
# Of a repeated record id the first in file order stays.
places = pl.concat([clean.select("place", key), accepted_odd.select("place", key)])
first = places.group_by(key).agg(pl.col("place").min(), pl.len()).filter(pl.col("len") > 1)
repeated = places.join(first, on=key, suffix="_first").filter(
    pl.col("place") > pl.col("place_first")
)["place"]

write(curated(clean.filter(~pl.col("place").is_in(repeated.implode()))), job["accepted"], "plain.parquet")
write(curated(accepted_odd.filter(~pl.col("place").is_in(repeated.implode()))), job["accepted"], "cleaned.parquet")

rejected = odd.filter(pl.col("reasons").list.len() > 0).select("reasons", "fields")
again = clean.filter(pl.col("place").is_in(repeated.implode()))
as_read = [
    pl.col(c["name"]).dt.strftime("%m/%d/%Y") if c["value_type"] == "date"
    else pl.col(c["name"]).cast(pl.String)
    for c in PRESENT
]
again = again.select(
    pl.lit(["duplicate_record_id"]).alias("reasons"), pl.concat_list(as_read).alias("fields")
)
again_odd = accepted_odd.filter(pl.col("place").is_in(repeated.implode())).select(
    pl.lit(["duplicate_record_id"]).alias("reasons"), "fields"
)
write(pl.concat([rejected, again, again_odd]), job["records"], "all.parquet")
lines = {"reason": pl.String, "byte_start": pl.Int64, "line": pl.String}
write(pl.DataFrame(schema=lines), job["lines"], "all.parquet")
