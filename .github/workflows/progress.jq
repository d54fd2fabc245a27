# What `cargo xtask check all --json` found, as Markdown for a job's summary.

def cell: gsub("\\|"; "\\|") | gsub("[\r\n]+"; " ");
def row: "| \(.state) | `\(.id)` | \(.title | cell) | \(.detail | cell) |";
def holds: .state == "passed" or .state == "deferred";

"# Progress",
"",
([.checkpoints[].items[]] | "\(map(select(.state == "passed")) | length) of \(length) items passed, \(map(select(.state == "deferred")) | length) not available on this runner."),
"",
(.checkpoints[] |
  "## \(.number // "") \(.title): \([.items[] | select(holds)] | length)/\(.items | length)",
  "",
  (if .compile_errors | length > 0 then "It does not compile: \(.compile_errors | length) error(s).", "" else empty end),
  "| | item | | |",
  "|---|---|---|---|",
  (.items[] | row),
  ""),
(if .regressions | length > 0 then "## Passed before, fails now", "", (.regressions[] | "- `\(.id)` \(.detail)"), "" else empty end),
(if .edited | length > 0 then "## Graded tests that are not as delivered", "", (.edited[] | "- `\(.)`"), "" else empty end)
