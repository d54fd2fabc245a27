{# CMS's recipient type as a short code. Research alone has a fourth type. #}
{% macro recipient_kind(column) -%}
    case {{ column }}
            when 'Covered Recipient Physician' then 'physician'
            when 'Covered Recipient Non-Physician Practitioner' then 'non_physician_practitioner'
            when 'Covered Recipient Teaching Hospital' then 'teaching_hospital'
            else 'unknown'
        end
{%- endmacro %}

{# Publications of 2014 separate the levels of a specialty by "/ ", later ones by "|". #}
{% macro specialty_path(column) -%}
    replace({{ column }}, '/ ', '|')
{%- endmacro %}
