{# Whether a type 2 row was valid on a day. Ranges are half open, [valid_from, valid_to),
   so a day lies in one range and never in two. #}
{% macro valid_on(dimension, day) -%}
    {{ dimension }}.valid_from <= {{ day }}
    and ({{ dimension }}.valid_to is null or {{ day }} < {{ dimension }}.valid_to)
{%- endmacro %}
