{# Whether a product slot of a payment says anything. Slots 1 to 5 are the modern columns
   (and the drug columns of old layouts), 6 to 10 the old device columns, which hold a name only. #}
{% macro slot_is_filled(slot) -%}
    {% if slot <= 5 -%}
    coalesce(
            product_{{ slot }}_name, product_{{ slot }}_code, product_{{ slot }}_category,
            product_{{ slot }}_type, product_{{ slot }}_coverage
        ) is not null
    {%- else -%}
    product_{{ slot }}_name is not null
    {%- endif %}
{%- endmacro %}

{# Zilretta, ZILRETTA and "Gelsyn 3", "GELSYN-3": one key for each spelling of a name.
   NULL where no letter or digit is left. #}
{% macro product_key(name) -%}
    nullif(trim(regexp_replace(lower({{ name }}), '[^a-z0-9]+', '-', 'g'), '-'), '')
{%- endmacro %}
