// From names to a layout, where each canonical column stands, and what drift is reported.

use std::collections::BTreeMap;

use fixtures::layouts::{self, Layout};
use proptest::prelude::*;
use week1_schema::{Contract, Dataset, Drift, HeaderError, LayoutMap};

use super::subject::{recognise, recognise_line};
use super::support::{cases, contract, layout};

/// The name in the header for each canonical column that the map found.
fn names<'a>(
    map: &LayoutMap,
    header: &[&'a str],
    contract: &Contract,
) -> BTreeMap<String, &'a str> {
    let table = contract.table(map.dataset).expect("a typed dataset");
    assert_eq!(
        map.source.len(),
        table.columns.len(),
        "one slot per canonical column"
    );
    table
        .columns
        .iter()
        .zip(&map.source)
        .filter_map(|(column, field)| field.map(|field| (column.name.clone(), header[field])))
        .collect()
}

/// A known header with one change.
fn changed(
    id: &str,
    change: impl FnOnce(&mut Vec<&'static str>),
) -> Result<LayoutMap, HeaderError> {
    let mut header = layout(id).columns.clone();
    change(&mut header);
    recognise(&header, contract())
}

fn position(header: &[&str], name: &str) -> usize {
    header
        .iter()
        .position(|known| *known == name)
        .expect("a column of the layout")
}

#[test]
fn every_known_layout_is_recognised_without_drift() {
    let contract = contract();
    for layout in layouts::all() {
        let map = recognise(&layout.columns, contract).expect(layout.id);
        assert_eq!(map.layout, layout.id);
        assert_eq!(map.dataset.as_str(), layout.dataset);
        assert_eq!(map.fields, layout.columns.len());
        assert_eq!(map.drift, [], "{}", layout.id);
    }
}

#[test]
fn every_column_of_a_typed_layout_has_a_place() {
    let contract = contract();
    for layout in layouts::all()
        .iter()
        .filter(|layout| layout.dataset != "research")
    {
        let map = recognise(&layout.columns, contract).expect(layout.id);
        let mut fields: Vec<usize> = map.source.iter().copied().flatten().collect();
        fields.sort_unstable();
        let all: Vec<usize> = (0..layout.columns.len()).collect();
        assert_eq!(fields, all, "{}: each field exactly once", layout.id);
    }
}

#[test]
fn each_era_maps_its_own_names_to_the_canonical_column() {
    let contract = contract();
    for (id, column, name) in [
        ("general_a_63", "record_id", "General_Transaction_ID"),
        (
            "general_a_63",
            "covered_recipient_first_name",
            "Physician_First_Name",
        ),
        (
            "general_a_63",
            "delay_in_publication_indicator",
            "Delay_in_Publication_of_General_Payment_Indicator",
        ),
        ("general_b_63", "record_id", "Record_ID"),
        (
            "general_b_63",
            "covered_recipient_specialty_1",
            "Physician_Specialty",
        ),
        ("general_c_65", "product_indicator", "Product_Indicator"),
        (
            "general_c_65",
            "name_of_drug_or_biological_or_device_or_medical_supply_3",
            "Name_of_Associated_Covered_Drug_or_Biological3",
        ),
        (
            "general_c_65",
            "associated_drug_or_biological_ndc_3",
            "NDC_of_Associated_Covered_Drug_or_Biological3",
        ),
        (
            "general_c_65",
            "name_of_associated_covered_device_or_medical_supply3",
            "Name_of_Associated_Covered_Device_or_Medical_Supply3",
        ),
        ("general_d_66", "covered_recipient_npi", "Physician_NPI"),
        (
            "general_e_75",
            "covered_recipient_primary_type_1",
            "Physician_Primary_Type",
        ),
        (
            "general_e_75",
            "covered_recipient_license_state_code1",
            "Physician_License_State_code1",
        ),
        (
            "general_f_91",
            "covered_recipient_npi",
            "Covered_Recipient_NPI",
        ),
        (
            "ownership_a_28",
            "record_id",
            "Physician_Ownership_Transaction_ID",
        ),
        (
            "ownership_a_28",
            "total_amount_invested_usdollars",
            "Dollar_Amount_Invested",
        ),
        ("ownership_f_30", "physician_npi", "Physician_NPI"),
        ("removed_4", "payment_type", "Payment_Type"),
    ] {
        let header = &layout(id).columns;
        let map = recognise(header, contract).expect(id);
        let found = names(&map, header, contract).get(column).copied();
        assert_eq!(found, Some(name), "{id}: {column}");
    }
}

#[test]
fn columns_that_an_era_lacks_have_no_place() {
    let contract = contract();
    for (id, column) in [
        ("general_a_63", "change_type"),
        ("general_b_63", "teaching_hospital_ccn"),
        ("general_c_65", "covered_recipient_npi"),
        ("general_e_75", "associated_device_or_medical_supply_pdi_1"),
        ("general_f_91", "product_indicator"),
        ("ownership_e_29", "physician_npi"),
    ] {
        let header = &layout(id).columns;
        let map = recognise(header, contract).expect(id);
        assert!(
            !names(&map, header, contract).contains_key(column),
            "{id}: {column}"
        );
    }
}

#[test]
fn research_is_recognised_and_not_mapped() {
    let header = &layout("research_f_252").columns;
    let map = recognise(header, contract()).expect("a research file");
    assert_eq!((map.dataset, map.fields), (Dataset::Research, 252));
    assert_eq!(map.source, []);
}

#[test]
fn an_unknown_column_is_reported_and_the_rest_still_mapped() {
    let map = changed("general_f_91", |header| header.insert(3, "Sunshine_Score")).expect("drift");
    let name = "Sunshine_Score".to_owned();
    assert_eq!(map.drift, [Drift::UnknownColumn { name }]);
    assert_eq!((map.layout.as_str(), map.fields), ("general_f_91", 92));
    let contract = contract();
    let record_id = contract.tables[0].position("record_id").expect("a column");
    let moved_on = layout("general_f_91")
        .position("Record_ID")
        .expect("a column")
        + 1;
    assert_eq!(map.source[record_id], Some(moved_on));
}

#[test]
fn a_missing_optional_column_is_drift() {
    let map = changed("general_f_91", |header| {
        header.retain(|name| *name != "Contextual_Information");
    })
    .expect("drift");
    let column = "contextual_information".to_owned();
    assert_eq!(map.drift, [Drift::MissingColumn { column }]);
}

#[test]
fn missing_required_columns_are_an_error_that_names_them_all() {
    let result = changed("general_e_75", |header| {
        header.retain(|name| !["Record_ID", "Date_of_Payment", "City_of_Travel"].contains(name));
    });
    let expected = HeaderError::MissingRequired {
        layout: "general_e_75".to_owned(),
        columns: vec!["date_of_payment".to_owned(), "record_id".to_owned()],
    };
    assert_eq!(result, Err(expected));
}

#[test]
fn case_and_space_are_drift_of_spelling() {
    let map = changed("general_f_91", |header| {
        let record_id = position(header, "Record_ID");
        header[record_id] = " record_id";
    })
    .expect("drift");
    let spelling = Drift::Spelling {
        found: " record_id".to_owned(),
        expected: "Record_ID".to_owned(),
    };
    assert_eq!(map.drift, [spelling]);
}

#[test]
fn the_lower_case_names_of_the_portal_map_like_the_file() {
    let lower: Vec<String> = layout("general_f_91")
        .columns
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    let header: Vec<&str> = lower.iter().map(String::as_str).collect();
    let contract = contract();
    let map = recognise(&header, contract).expect("drift");
    let known = recognise(&layout("general_f_91").columns, contract).expect("known");
    assert_eq!(map.source, known.source);
    assert_eq!(map.drift.len(), 91);
    assert!(
        map.drift
            .iter()
            .all(|drift| matches!(drift, Drift::Spelling { .. }))
    );
}

#[test]
fn a_name_of_another_era_is_mapped_and_reported() {
    let map = changed("general_f_91", |header| {
        let first_name = position(header, "Covered_Recipient_First_Name");
        header[first_name] = "Physician_First_Name";
    })
    .expect("drift");
    let borrowed = Drift::FromOtherLayout {
        name: "Physician_First_Name".to_owned(),
        column: "covered_recipient_first_name".to_owned(),
    };
    assert_eq!(map.drift, [borrowed]);
    assert_eq!(map.layout, "general_f_91");
}

#[test]
fn a_byte_order_mark_is_drift() {
    let mut line = b"\xEF\xBB\xBF".to_vec();
    line.extend(layout("removed_4").header().bytes());
    line.extend(b"\r\n");
    let map = recognise_line(&line, contract()).expect("drift");
    assert_eq!(map.drift, [Drift::ByteOrderMark]);
}

#[test]
fn a_quoted_header_is_no_drift() {
    let quoted = format!("\"{}\"\n", layout("general_c_65").columns.join("\",\""));
    let map = recognise_line(quoted.as_bytes(), contract()).expect("a known header");
    assert_eq!((map.layout.as_str(), map.drift), ("general_c_65", vec![]));
}

#[test]
fn a_header_without_text_is_empty() {
    assert_eq!(recognise(&[], contract()), Err(HeaderError::Empty));
    assert_eq!(recognise(&[""], contract()), Err(HeaderError::Empty));
}

#[test]
fn a_header_of_another_world_is_unknown() {
    let result = recognise(&["order_id", "customer", "Program_Year"], contract());
    let Err(HeaderError::Unknown {
        fields,
        known,
        first_unknown,
        ..
    }) = result
    else {
        panic!("expected Unknown, got {result:?}");
    };
    assert_eq!((fields, known, first_unknown.as_str()), (3, 1, "order_id"));
}

#[test]
fn a_data_row_in_place_of_the_header_is_unknown() {
    let result = recognise(&["NEW", "", "", "", "1234", "", "100.00"], contract());
    assert!(
        matches!(result, Err(HeaderError::Unknown { known: 0, .. })),
        "{result:?}"
    );
}

#[test]
fn half_a_research_header_is_unknown() {
    let result = changed("research_f_252", |header| header.truncate(120));
    assert!(
        matches!(result, Err(HeaderError::Unknown { known: 120, .. })),
        "{result:?}"
    );
}

#[test]
fn a_column_that_stands_twice_is_an_error_with_both_fields() {
    let result = changed("general_f_91", |header| header.push("Record_ID"));
    let expected = HeaderError::Duplicate {
        column: "record_id".to_owned(),
        first: 57,
        second: 92,
    };
    assert_eq!(result, Err(expected));
}

#[test]
fn two_names_of_one_column_are_a_duplicate_too() {
    let result = changed("general_f_91", |header| header.push("Physician_Profile_ID"));
    assert!(
        matches!(result, Err(HeaderError::Duplicate { second: 92, .. })),
        "{result:?}"
    );
}

#[test]
fn swapped_columns_are_mapped_by_name_and_reported_as_reordered() {
    let map = changed("general_e_75", |header| header.swap(5, 6)).expect("drift");
    assert_eq!(
        (map.layout.as_str(), map.drift),
        ("general_e_75", vec![Drift::Reordered])
    );
}

/// A known layout of more than one column, and its columns in any order.
fn shuffled() -> impl Strategy<Value = (&'static Layout, Vec<&'static str>)> {
    (0..layouts::all().len()).prop_flat_map(|number| {
        let layout = &layouts::all()[number];
        (Just(layout), Just(layout.columns.clone()).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_order_of_columns_changes_no_mapping((layout, header) in shuffled()) {
        let contract = contract();
        let map = recognise(&header, contract).expect("only the order changed");
        prop_assert_eq!(map.layout.as_str(), layout.id);
        let expected = if header == layout.columns { vec![] } else { vec![Drift::Reordered] };
        prop_assert_eq!(&map.drift, &expected);
        if map.dataset.is_modelled() {
            let known = recognise(&layout.columns, contract).expect("a known header");
            prop_assert_eq!(
                names(&map, &header, contract),
                names(&known, &layout.columns, contract)
            );
        }
    }

    #[test]
    fn an_optional_column_less_is_a_missing_column_or_an_older_layout(field in 0usize..91) {
        let result = changed("general_f_91", |header| {
            header.remove(field);
        });
        match result {
            Ok(map) => prop_assert_eq!(map.drift.len(), 1),
            Err(error) => {
                let is_named = matches!(&error, HeaderError::MissingRequired { columns, .. } if columns.len() == 1);
                prop_assert!(is_named, "{}", error);
            }
        }
    }
}
