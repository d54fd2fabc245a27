-- Grain: one spelling of a product's name. A few thousand rows: the text work is done once
-- per spelling here, and never once per payment.

{{ config(materialized='table') }}

with products as (

    select * from {{ ref('int_payment_products_unpivoted') }}

),

spellings as (

    select distinct raw_name
    from products
    where raw_name is not null

),

keyed as (

    select
        raw_name,
        {{ product_key('raw_name') }} as product_key
    from spellings

)

select * from keyed
where product_key is not null
