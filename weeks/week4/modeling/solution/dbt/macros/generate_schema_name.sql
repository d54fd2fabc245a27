{# dbt's default would name the schema main_marts. Readers of the warehouse are
   promised marts, in every environment: an environment is another file here. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
