{# The dataset that a line of a removed file is about; NULL where it does not say. CMS
   documents no spelling. #}
{% macro payment_type_dataset(column) -%}
    case
            when lower({{ column }}) like 'general%' then 'general'
            when lower({{ column }}) like 'ownership%' then 'ownership'
            when lower({{ column }}) like 'research%' then 'research'
        end
{%- endmacro %}
