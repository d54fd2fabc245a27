-- The verdicts, in the order of the rules.
select rule, question, dimension, severity, status, unit, observed, expected, failing_rows, detail
from quality.results
order by position
