-- A payment names up to ten products. The bridge gives each an equal share, so that dollars
-- added up by product are the dollars that were paid.

with products as (

    select * from {{ ref('int_payment_products_unpivoted') }}

),

names as (

    select * from {{ ref('int_product_names_normalised') }}

),

final as (

    select
        products.record_id,
        products.program_year,
        products.slot,
        coalesce(names.product_key, 'unknown') as product_key,
        products.is_covered,
        1.0::double / products.product_count as share
    from products
    left join names on products.raw_name = names.raw_name

)

select * from final
