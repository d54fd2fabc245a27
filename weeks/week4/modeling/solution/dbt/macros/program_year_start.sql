{# The day on which a program year begins: the clock of every type 2 dimension here. #}
{% macro program_year_start(column) -%}
    make_date({{ column }}, 1, 1)
{%- endmacro %}
