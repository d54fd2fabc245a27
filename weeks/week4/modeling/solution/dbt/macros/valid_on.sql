{# Whether a type 2 row was valid on a day. Ranges are half open, [valid_from, valid_to),
   so a day lies in one range and never in two.

   Two comparisons, with each dimension's columns on one side: DuckDB puts those into a hash
   join. With "valid_to is null or ..." it compares every payment with every version instead
   (a test looks at the plan). #}
{% macro valid_on(dimension, day) -%}
    {{ dimension }}.valid_from <= {{ day }}
    and {{ day }} < coalesce({{ dimension }}.valid_to, date '9999-12-31')
{%- endmacro %}
