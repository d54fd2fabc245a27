//! The graded tests against each wrong answer: those that `checkpoint.toml` names must fail.
#![allow(
    clippy::duplicate_mod,
    reason = "the graded tests are judged once for each wrong answer"
)]

mod names_are_columns {
    use week1_schema::wrong::names_are_columns as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod every_shift_moves {
    use week1_schema::wrong::every_shift_moves as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod missing_is_null {
    use week1_schema::wrong::missing_is_null as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod by_position {
    use week1_schema::wrong::by_position as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod zip_is_a_number {
    use week1_schema::wrong::zip_is_a_number as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod sorted_as_text {
    use week1_schema::wrong::sorted_as_text as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod remembers_everything {
    use week1_schema::wrong::remembers_everything as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod absent_is_empty {
    use week1_schema::wrong::absent_is_empty as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod one_row_proves_it {
    use week1_schema::wrong::one_row_proves_it as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod natures_of_today {
    use week1_schema::wrong::natures_of_today as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod required_everywhere {
    use week1_schema::wrong::required_everywhere as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod placeholders_are_values {
    use week1_schema::wrong::placeholders_are_values as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod twins_are_bad_rows {
    use week1_schema::wrong::twins_are_bad_rows as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod not_equal {
    use week1_schema::wrong::not_equal as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod hard_coded {
    use week1_schema::wrong::hard_coded as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod not_in_with_null {
    use week1_schema::wrong::not_in_with_null as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod join_then_sum {
    use week1_schema::wrong::join_then_sum as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}
