//! Recipients and companies, with their history.

use crate::moved_physician;
use crate::support::Lake;

#[test]
fn equal_years_collapse_into_one_validity_range() {
    let (lake, _) = moved_physician();
    let versions = lake.rows(
        "select recipient_key, city, valid_from, valid_to, is_current from marts.dim_recipients
         where recipient_id = '1001' order by valid_from",
    );
    assert_eq!(
        versions,
        [
            "1001@2020|Salem|2020-01-01|2022-01-01|false",
            "1001@2022|Boston|2022-01-01|-|true",
        ]
    );
}

#[test]
fn a_spelling_that_differs_in_case_opens_no_version() {
    let lake = Lake::in_memory();
    lake.payment(1, 2020, &[]);
    lake.payment(
        2,
        2021,
        &[
            ("recipient_city", "SALEM"),
            ("covered_recipient_last_name", "AMES"),
        ],
    );
    lake.build();
    let versions = lake.rows("select city from marts.dim_recipients where recipient_id = '1001'");
    assert_eq!(versions, ["Salem"]);
}

#[test]
fn the_spelling_of_most_records_of_a_year_wins_as_a_whole() {
    let lake = Lake::in_memory();
    let moved = [("recipient_city", "Boston"), ("recipient_state", "MA")];
    lake.payment(1, 2020, &moved);
    lake.payment(2, 2020, &moved);
    lake.payment(3, 2020, &[]);
    lake.build();
    let versions =
        lake.rows("select city, state from marts.dim_recipients where recipient_id = '1001'");
    assert_eq!(versions, ["Boston|MA"]);
}

#[test]
fn an_identifier_that_comes_later_is_on_every_version() {
    let lake = Lake::in_memory();
    lake.payment(1, 2015, &[]);
    lake.payment(
        2,
        2016,
        &[
            ("recipient_city", "Boston"),
            ("covered_recipient_npi", "1234567893"),
        ],
    );
    lake.build();
    let versions = lake.rows(
        "select valid_from, npi from marts.dim_recipients where recipient_id = '1001' order by 1",
    );
    assert_eq!(versions, ["2015-01-01|1234567893", "2016-01-01|1234567893"]);
}

#[test]
fn a_hospital_is_a_recipient_with_its_own_id_and_no_physician() {
    let lake = Lake::in_memory();
    lake.payment(
        1,
        2023,
        &[
            (
                "covered_recipient_type",
                "Covered Recipient Teaching Hospital",
            ),
            ("covered_recipient_profile_id", ""),
            ("covered_recipient_first_name", ""),
            ("covered_recipient_last_name", ""),
            ("covered_recipient_primary_type_1", ""),
            ("covered_recipient_specialty_1", ""),
            ("teaching_hospital_id", "1001"),
            ("teaching_hospital_ccn", "050025"),
            ("teaching_hospital_name", "Bay Hospital"),
        ],
    );
    // The same number as a profile id: another recipient.
    lake.payment(2, 2023, &[]);
    lake.build();
    let recipients = lake.rows(
        "select recipient_id, recipient_kind, full_name, ccn from marts.dim_recipients
         where recipient_id is not null order by recipient_id",
    );
    assert_eq!(
        recipients,
        [
            "1001|physician|Ada Ames|-",
            "TH-1001|teaching_hospital|Bay Hospital|050025"
        ]
    );
    assert_eq!(
        lake.rows("select recipient_id from marts.dim_physicians"),
        ["1001"]
    );
}

#[test]
fn a_company_that_is_renamed_keeps_its_id_and_gets_a_version() {
    let lake = Lake::in_memory();
    let name = "applicable_manufacturer_or_applicable_gpo_making_payment_name";
    lake.payment(1, 2020, &[]);
    lake.payment(2, 2021, &[(name, "Zenith")]);
    lake.payment(3, 2022, &[(name, "Acme")]);
    lake.build();
    let versions = lake.rows(
        "select company_key, company_name, valid_to from marts.dim_companies
         where company_id is not null order by valid_from",
    );
    assert_eq!(
        versions,
        [
            "100000000001@2020|Acme|2021-01-01",
            "100000000001@2021|Zenith|2022-01-01",
            "100000000001@2022|Acme|-",
        ]
    );
}

#[test]
fn a_physician_known_from_ownership_alone_is_in_the_dimension() {
    let lake = Lake::in_memory();
    lake.payment(1, 2022, &[]);
    lake.interest(
        9,
        2022,
        &[
            ("physician_profile_id", "2002"),
            ("physician_last_name", "Berg"),
        ],
    );
    lake.interest(10, 2022, &[("physician_profile_id", "")]);
    lake.build();
    let interests = lake.rows(
        "select i.record_id, d.full_name, i.company_key, i.value_of_interest_usd
         from marts.fct_ownership_interests i
         join marts.dim_recipients d on i.physician_key = d.recipient_key order by 1",
    );
    assert_eq!(
        interests,
        [
            "9|Ada Berg|100000000001@2022|500.00",
            "10|Unknown recipient|100000000001@2022|500.00",
        ]
    );
}

#[test]
fn the_specialty_of_the_first_publications_has_the_same_levels() {
    let lake = Lake::in_memory();
    let specialty = "covered_recipient_specialty_1";
    lake.payment(
        1,
        2013,
        &[(
            specialty,
            "Allopathic & Osteopathic Physicians/ Surgery/ Trauma",
        )],
    );
    lake.payment(
        2,
        2014,
        &[(
            specialty,
            "Allopathic & Osteopathic Physicians|Surgery|Trauma",
        )],
    );
    lake.build();
    let versions = lake.rows(
        "select specialty, specialty_group from marts.dim_recipients where recipient_id = '1001'",
    );
    assert_eq!(
        versions,
        ["Allopathic & Osteopathic Physicians|Surgery|Trauma|Surgery"]
    );
}
