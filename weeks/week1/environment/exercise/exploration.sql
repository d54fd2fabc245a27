-- Looks at a sample by SQL, before anybody decides on types.
--
-- A sample (any general file of 91 columns will do), then this file; psql reads the sample
-- from its standard input:
--
--   cargo xtask capstone generate --years 2023 --rows 5000 --faults 0% --out .data/sample
--   psql "$EXPLORATION_URL" -f weeks/week1/environment/exercise/exploration.sql \
--     < .data/sample/OP_DTL_GNRL_PGYR2023_P06282024.csv
--
-- Every column is text: a type is a rule, and a rule would reject what is to be looked at.
-- Try a sample with faults too: COPY takes a whole file or nothing, and one byte that is no
-- UTF-8, or one field too few, is enough for nothing. That belongs into the record on
-- Postgres' role.

\set ON_ERROR_STOP on
begin;
drop schema if exists exploration cascade;
create schema exploration;

-- One of the NOTICEs is worth reading: Postgres cuts names at 63 bytes.
create table exploration.payments (
    Change_Type text,
    Covered_Recipient_Type text,
    Teaching_Hospital_CCN text,
    Teaching_Hospital_ID text,
    Teaching_Hospital_Name text,
    Covered_Recipient_Profile_ID text,
    Covered_Recipient_NPI text,
    Covered_Recipient_First_Name text,
    Covered_Recipient_Middle_Name text,
    Covered_Recipient_Last_Name text,
    Covered_Recipient_Name_Suffix text,
    Recipient_Primary_Business_Street_Address_Line1 text,
    Recipient_Primary_Business_Street_Address_Line2 text,
    Recipient_City text,
    Recipient_State text,
    Recipient_Zip_Code text,
    Recipient_Country text,
    Recipient_Province text,
    Recipient_Postal_Code text,
    Covered_Recipient_Primary_Type_1 text,
    Covered_Recipient_Primary_Type_2 text,
    Covered_Recipient_Primary_Type_3 text,
    Covered_Recipient_Primary_Type_4 text,
    Covered_Recipient_Primary_Type_5 text,
    Covered_Recipient_Primary_Type_6 text,
    Covered_Recipient_Specialty_1 text,
    Covered_Recipient_Specialty_2 text,
    Covered_Recipient_Specialty_3 text,
    Covered_Recipient_Specialty_4 text,
    Covered_Recipient_Specialty_5 text,
    Covered_Recipient_Specialty_6 text,
    Covered_Recipient_License_State_code1 text,
    Covered_Recipient_License_State_code2 text,
    Covered_Recipient_License_State_code3 text,
    Covered_Recipient_License_State_code4 text,
    Covered_Recipient_License_State_code5 text,
    Submitting_Applicable_Manufacturer_or_Applicable_GPO_Name text,
    Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID text,
    Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name text,
    Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_State text,
    Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Country text,
    Total_Amount_of_Payment_USDollars text,
    Date_of_Payment text,
    Number_of_Payments_Included_in_Total_Amount text,
    Form_of_Payment_or_Transfer_of_Value text,
    Nature_of_Payment_or_Transfer_of_Value text,
    City_of_Travel text,
    State_of_Travel text,
    Country_of_Travel text,
    Physician_Ownership_Indicator text,
    Third_Party_Payment_Recipient_Indicator text,
    Name_of_Third_Party_Entity_Receiving_Payment_or_Transfer_of_Value text,
    Charity_Indicator text,
    Third_Party_Equals_Covered_Recipient_Indicator text,
    Contextual_Information text,
    Delay_in_Publication_Indicator text,
    Record_ID text,
    Dispute_Status_for_Publication text,
    Related_Product_Indicator text,
    Covered_or_Noncovered_Indicator_1 text,
    Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_1 text,
    Product_Category_or_Therapeutic_Area_1 text,
    Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_1 text,
    Associated_Drug_or_Biological_NDC_1 text,
    Associated_Device_or_Medical_Supply_PDI_1 text,
    Covered_or_Noncovered_Indicator_2 text,
    Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_2 text,
    Product_Category_or_Therapeutic_Area_2 text,
    Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_2 text,
    Associated_Drug_or_Biological_NDC_2 text,
    Associated_Device_or_Medical_Supply_PDI_2 text,
    Covered_or_Noncovered_Indicator_3 text,
    Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_3 text,
    Product_Category_or_Therapeutic_Area_3 text,
    Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_3 text,
    Associated_Drug_or_Biological_NDC_3 text,
    Associated_Device_or_Medical_Supply_PDI_3 text,
    Covered_or_Noncovered_Indicator_4 text,
    Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_4 text,
    Product_Category_or_Therapeutic_Area_4 text,
    Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_4 text,
    Associated_Drug_or_Biological_NDC_4 text,
    Associated_Device_or_Medical_Supply_PDI_4 text,
    Covered_or_Noncovered_Indicator_5 text,
    Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_5 text,
    Product_Category_or_Therapeutic_Area_5 text,
    Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_5 text,
    Associated_Drug_or_Biological_NDC_5 text,
    Associated_Device_or_Medical_Supply_PDI_5 text,
    Program_Year text,
    Payment_Publication_Date text
);

-- TODO: load the sample with \copy ... from pstdin; check what `cargo xtask check 1.1` says.

commit;

-- TODO: ask, and keep the questions here: they are the first draft of the contract (1.2).
--   How many rows, how many distinct Record_IDs, how many without one?
--   Which amounts would a numeric column refuse? Which spellings do dates have?
--   Which columns are filled for which Covered_Recipient_Type?
--   What would a number make of Recipient_Zip_Code and Teaching_Hospital_CCN?
--   Which program years and publications are in the sample?
