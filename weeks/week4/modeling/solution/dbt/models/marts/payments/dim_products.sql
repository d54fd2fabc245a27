-- One row per product name. Companies file one product under several types, categories and
-- codes, so the description that most payments use wins, stated types before guessed ones.

with products as (

    select * from {{ ref('int_payment_products_unpivoted') }}

),

names as (

    select * from {{ ref('int_product_names_normalised') }}

),

descriptions as (

    select raw_name, stated_type, guessed_type, category, ndc_or_pdi, count(*) as payment_count
    from products
    where raw_name is not null
    group by all

),

most_used as (

    select
        names.product_key,
        coalesce(descriptions.stated_type, descriptions.guessed_type, 'Unknown') as product_type,
        descriptions.category,
        descriptions.ndc_or_pdi
    from descriptions
    inner join names on descriptions.raw_name = names.raw_name
    group by names.product_key, descriptions.stated_type, descriptions.guessed_type, descriptions.category, descriptions.ndc_or_pdi
    qualify row_number() over (
        partition by names.product_key
        order by
            descriptions.stated_type is not null desc, sum(descriptions.payment_count) desc,
            descriptions.stated_type, descriptions.guessed_type, descriptions.category, descriptions.ndc_or_pdi
    ) = 1

),

unknown_member as (

    select
        'unknown' as product_key,
        'UNKNOWN PRODUCT' as product_name,
        'Unknown' as product_type

),

final as (

    select
        product_key,
        upper(replace(product_key, '-', ' ')) as product_name,
        product_type,
        category,
        ndc_or_pdi
    from most_used
    -- A product that somebody really calls "unknown" is the unknown member.
    where product_key <> 'unknown'

    union all by name

    select * from unknown_member

)

select * from final
