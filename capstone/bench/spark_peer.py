"""The contract of general payments in PySpark, local mode: `capstone bench` runs it.

    python spark_peer.py JOB.json THREADS

JOB.json is written from the contract that types our rows. As in the DuckDB script, a record
is *plain* if it keeps the contract as it is written, and only the others are cleaned and
judged, with every reason: all at once, the code that Spark generates is too large for Java.

A quoted field may hold line
breaks, so the reader is told so (`multiLine`), and then reads a file in one piece. Spark's
reader keeps lines that it can't read in one column, without their place in the file; and not
all of them, so files with faults have no figure.
"""

import json
import os
import sys
from functools import reduce
from operator import and_

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402
from pyspark.sql.types import StringType, StructField, StructType  # noqa: E402

job = json.load(open(sys.argv[1], encoding="utf-8"))
threads = sys.argv[2]
MISSING = ["", *job["missing_values"]]
TYPES = {"text": "string", "integer": "bigint", "money": "decimal(14,2)", "date": "date"}
COLUMNS = job["columns"]
PRESENT = [column for column in COLUMNS if column["source"] is not None]
NAMES_IN_ORDER = [column["name"] for column in PRESENT]
NAMES = set(NAMES_IN_ORDER)
YEAR, PUBLISHED = job["program_year"], job["publication"]
SPACE = r"[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"

spark = (
    SparkSession.builder.master(f"local[{threads}]")
    .appName("capstone bench")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "4g")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", threads)
    .config("spark.sql.parquet.compression.codec", "zstd")
    .config("spark.sql.ansi.enabled", "false")
    .config("spark.sql.legacy.timeParserPolicy", "CORRECTED")
    .config("spark.sql.warehouse.dir", os.path.join(job["scratch"], "warehouse"))
    .config("spark.local.dir", job["scratch"])
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def typed(column, value):
    """The value as its type; NULL if it has no such value."""
    kind = column["value_type"]
    if kind == "date":
        shape = value.rlike("^[0-9]{2}/[0-9]{2}/[0-9]{4}$")
        return F.when(shape, F.try_to_date(value, "MM/dd/yyyy"))
    if kind == "money":
        return F.when(value.rlike(r"^-?[0-9]{1,12}(\.[0-9]{0,2})?$"), value.cast("decimal(14,2)"))
    if kind == "integer":
        return F.when(value.rlike("^-?[0-9]{1,18}$"), value.cast("bigint"))
    return value


def minimum(column):
    least = column["minimum"]
    if column["value_type"] == "money":
        return F.lit(f"{least // 100}.{least % 100:02}").cast("decimal(14,2)")
    return F.lit(least)


def printable_ends(value):
    """No white space to trim, and no other character that needs a second look."""
    return F.substring(value, 1, 1).between("!", "~") & F.substring(value, -1, 1).between("!", "~")


def plain(column, field):
    """The field keeps the contract as it is written. NULL where it is NULL."""
    name = column["name"]
    if name == "program_year":
        return field == F.lit(str(YEAR))
    if name == "payment_publication_date":
        return field == F.lit(PUBLISHED)
    if column["value_type"] != "text":
        value = typed(column, field)
        least = column["minimum"]
        good = value.isNotNull() if least is None else value >= minimum(column)
        return F.when(field.isNotNull(), F.coalesce(good, F.lit(False)))
    if column["allowed"]:
        return field.isin(column["allowed"])
    good = field.rlike(f"^(?:{column['pattern']})$") if column["pattern"] else printable_ends(field)
    return good & (F.length(field) <= column["max_length"]) if column["max_length"] else good


def plain_rule(rule, field):
    (kind, body), = rule.items()
    if body["column"] not in NAMES:
        return F.lit(True)
    value = field(body["column"])
    if kind == "in_program_year":
        return F.coalesce(value.endswith(f"/{YEAR}"), F.lit(True))
    broken = value.isNull() if kind == "required_when" else value.isNotNull()
    return ~(broken & F.coalesce(condition(body["when"], field), F.lit(False)))


def cleaned(value):
    text = F.regexp_replace(value, f"^{SPACE}|{SPACE}$", "")
    return F.when(~text.isin(MISSING), text)


def spelt(column, value):
    """A value of the closed list in the contract's spelling."""
    spellings = {}
    for allowed in column["allowed"]:
        spellings.setdefault(allowed.lower(), allowed)
    folded = F.create_map(*[F.lit(text) for pair in spellings.items() for text in pair])
    return F.when(value.isin(column["allowed"]), value).otherwise(folded[F.lower(value)])


def fault(column):
    """The reason against the value alone."""
    name = column["name"]
    value, result = F.col(f"text_{name}"), F.col(name)
    cases = []
    if column["required"]:
        cases.append((value.isNull(), "missing_value"))
    if column["max_length"]:
        cases.append((F.length(value) > column["max_length"], "too_long"))
    if column["pattern"]:
        cases.append((~value.rlike(f"^(?:{column['pattern']})$"), "invalid_value"))
    if column["value_type"] != "text" or column["allowed"]:
        cases.append((value.isNotNull() & result.isNull(), "invalid_value"))
    if column["minimum"] is not None:
        cases.append((result < minimum(column), "out_of_range"))
    chosen = F.lit(None).cast("string")
    for check, code in reversed(cases):
        chosen = F.when(check, F.lit(f"{code}:{name}")).otherwise(chosen)
    return chosen


def good(name):
    """A value that no check refused."""
    return F.when(F.col(f"fault_{name}").isNull(), F.col(name))


def condition(when, filled):
    """A condition on another column; `filled` gives its value."""
    (kind, body), = when.items()
    if body["column"] not in NAMES:
        return F.lit(False)
    holds = filled(body["column"]).isin(body["values"])
    return holds if kind == "in" else ~holds


def rule_reason(rule):
    (kind, body), = rule.items()
    name = body["column"]
    if name not in NAMES:
        return []
    if kind == "in_program_year":
        broken, code = F.year(good(name)) != YEAR, "out_of_program_year"
    elif kind == "required_when":
        broken, code = F.col(f"text_{name}").isNull() & condition(body["when"], good), "missing_value"
    else:
        broken, code = good(name).isNotNull() & condition(body["when"], good), "unexpected_value"
    return [F.when(broken, F.lit(f"{code}:{name}"))]


def partition_reason(name, expected):
    if name not in NAMES:
        return []
    return [F.when(good(name) != expected, F.lit(f"wrong_partition:{name}"))]


schema = StructType([StructField(f"f{at}", StringType()) for at in range(job["fields"])])
schema.add("corrupt", StringType())
source = spark.read.csv(
    job["source"], schema=schema, header=True, quote='"', escape='"', multiLine=True,
    mode="PERMISSIVE", columnNameOfCorruptRecord="corrupt", enforceSchema=True,
    nullValue="", emptyValue="", maxCharsPerColumn=1 << 20,
)
# Empty fields and placeholders are NULL from here on.
fields = {
    c["name"]: F.when(~F.col(f"f{c['source']}").isin(MISSING), F.col(f"f{c['source']}"))
    for c in PRESENT
}
checks = [
    F.coalesce(plain(c, F.col(c["name"])), F.lit(not c["required"])) for c in PRESENT
]
checks += [plain_rule(rule, F.col) for rule in job["row_rules"]]
read = source.select(
    F.monotonically_increasing_id().alias("place"),
    "corrupt",
    *[field.alias(name) for name, field in fields.items()],
)
judged = read.withColumn("plain", F.col("corrupt").isNull() & reduce(and_, checks))
staged = judged.select(
    "place",
    "corrupt",
    "plain",
    F.when(~F.col("plain"), F.array(*fields)).alias("fields"),
    *[typed(column, F.col(column["name"])).alias(column["name"]) for column in PRESENT],
).persist()

# Records that are not plain: cleaned, typed, and with every reason against them.
odd = staged.where(~F.col("plain") & F.col("corrupt").isNull()).select("place", "fields")
odd = odd.select(
    "*",
    *[cleaned(F.col("fields")[at]).alias(f"text_{c['name']}") for at, c in enumerate(PRESENT)],
)
values = []
for column in PRESENT:
    text = F.col(f"text_{column['name']}")
    value = spelt(column, text) if column["allowed"] else typed(column, text)
    values.append(value.alias(column["name"]))
odd = odd.select("*", *values)
odd = odd.select("*", *[fault(c).alias(f"fault_{c['name']}") for c in PRESENT])
reasons = [F.col(f"fault_{column['name']}") for column in PRESENT]
reasons += [reason for rule in job["row_rules"] for reason in rule_reason(rule)]
reasons += partition_reason("program_year", F.lit(YEAR))
reasons += partition_reason("payment_publication_date", F.to_date(F.lit(PUBLISHED), "MM/dd/yyyy"))
reasons = F.array_distinct(F.array_compact(F.array(*reasons)))
odd = odd.select("place", "fields", *NAMES_IN_ORDER, reasons.alias("reasons")).persist()

key = job["key"]
clean = staged.where("plain").select("place", "fields", *NAMES_IN_ORDER)
sound = odd.where(F.size("reasons") == 0).select("place", "fields", *NAMES_IN_ORDER)
accepted = clean.unionByName(sound)
# Of a repeated record id the first in file order stays.
again = accepted.groupBy(key).agg(F.min("place").alias("first"), F.count("*").alias("rows"))
again = F.broadcast(again.where("rows > 1").select(key, "first"))
marked = accepted.join(again, key, "left")
kept = marked.where(F.col("first").isNull() | (F.col("place") == F.col("first")))
curated = kept.select(
    [
        (F.col(c["name"]) if c["name"] in NAMES else F.lit(None))
        .cast(TYPES[c["value_type"]])
        .alias(c["name"])
        for c in COLUMNS
        if c["name"] != "program_year"
    ]
)
curated.write.mode("append").parquet(job["accepted"])


def as_read(column):
    value = F.col(column["name"])
    return F.date_format(value, "MM/dd/yyyy") if column["value_type"] == "date" else value.cast("string")


repeated = marked.where(F.col("place") > F.col("first")).select(
    F.array(F.lit("duplicate_record_id")).alias("reasons"),
    F.coalesce("fields", F.array(*[as_read(column) for column in PRESENT])).alias("fields"),
)
rejected = odd.where(F.size("reasons") > 0).select("reasons", "fields")
rejected.unionByName(repeated).coalesce(1).write.mode("append").parquet(job["records"])
staged.where(F.col("corrupt").isNotNull()).select(
    F.lit("unreadable").alias("reason"),
    F.lit(None).cast("bigint").alias("byte_start"),
    F.col("corrupt").alias("line"),
).coalesce(1).write.mode("append").parquet(job["lines"])

# The virtual machine's costs count once somebody has waited for it.
gateway = spark.sparkContext._gateway
spark.stop()
gateway.shutdown()
gateway.proc.stdin.close()
gateway.proc.wait()
