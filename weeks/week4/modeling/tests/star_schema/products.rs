//! Products of all layouts, in one bridge.

use week4_modeling::Compilation;

use crate::support::Lake;

fn with_products() -> (Lake, Compilation) {
    let lake = Lake::in_memory();
    lake.payment(
        1,
        2023,
        &[
            ("covered_or_noncovered_indicator_1", "Covered"),
            (
                "indicate_drug_or_biological_or_device_or_medical_supply_1",
                "Biological",
            ),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_1",
                "Gelsyn-3",
            ),
            ("associated_drug_or_biological_ndc_1", "0178-0582-08"),
            ("covered_or_noncovered_indicator_2", "Non-Covered"),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_2",
                "Zilretta",
            ),
        ],
    );
    // An old layout: a drug and a device, each in its own first slot, and no stated type.
    lake.payment(
        2,
        2014,
        &[
            ("product_indicator", "Combination"),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_1",
                "GELSYN 3",
            ),
            (
                "name_of_associated_covered_device_or_medical_supply1",
                "Hip Stem",
            ),
        ],
    );
    lake.payment(3, 2023, &[]);
    lake.payment(
        4,
        2023,
        &[
            ("covered_or_noncovered_indicator_1", "Non-Covered"),
            (
                "name_of_drug_or_biological_or_device_or_medical_supply_1",
                "--",
            ),
        ],
    );
    let compilation = lake.build();
    (lake, compilation)
}

#[test]
fn products_of_old_and_new_layouts_share_one_bridge() {
    let (lake, _) = with_products();
    let bridge = lake.rows(
        "select record_id, slot, product_key, is_covered, share
         from marts.bridge_payment_products order by record_id, slot",
    );
    assert_eq!(
        bridge,
        [
            "1|1|gelsyn-3|true|0.5",
            "1|2|zilretta|false|0.5",
            "2|1|gelsyn-3|true|0.5",
            "2|6|hip-stem|true|0.5",
            "4|1|unknown|false|1.0",
        ]
    );
}

#[test]
fn spellings_of_a_product_are_one_product_whose_stated_type_wins() {
    let (lake, _) = with_products();
    let products = lake.rows(
        "select product_key, product_name, product_type, ndc_or_pdi from marts.dim_products order by 1",
    );
    assert_eq!(
        products,
        [
            "gelsyn-3|GELSYN 3|Biological|0178-0582-08",
            "hip-stem|HIP STEM|Device|-",
            "unknown|UNKNOWN PRODUCT|Unknown|-",
            "zilretta|ZILRETTA|Unknown|-",
        ]
    );
}

#[test]
fn has_product_says_which_payments_are_in_the_bridge() {
    let (lake, compilation) = with_products();
    let flags =
        lake.rows("select record_id, has_product from marts.fct_payments order by record_id");
    assert_eq!(flags, ["1|true", "2|true", "3|false", "4|true"]);
    assert_eq!(lake.failing(&compilation), []);
}

#[test]
fn dollars_added_up_by_product_are_the_dollars_that_were_paid() {
    let (lake, _) = with_products();
    let sums = lake.rows(
        "select (select sum(b.share * p.amount_usd) from marts.bridge_payment_products b
                 join marts.fct_payments p using (record_id, program_year)) as by_product,
                (select sum(amount_usd)::double from marts.fct_payments where has_product) as paid",
    );
    assert_eq!(sums, ["30.0|30.0"]);
}
