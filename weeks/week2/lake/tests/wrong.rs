//! Each wrong answer against the graded tests: `checkpoint.toml` says which must fail.

#![allow(
    clippy::duplicate_mod,
    reason = "the same tests once for every wrong answer"
)]

#[path = "graded/support.rs"]
mod support;

mod owned_is_an_error {
    use week2_lake::wrong::owned_is_an_error as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod taken_is_fine {
    use week2_lake::wrong::taken_is_fine as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod zone_is_enough {
    use week2_lake::wrong::zone_is_enough as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod column_names {
    use week2_lake::wrong::column_names as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod any_number_is_a_commit {
    use week2_lake::wrong::any_number_is_a_commit as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod clock_in_raw_key {
    use week2_lake::wrong::clock_in_raw_key as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod name_alone {
    use week2_lake::wrong::name_alone as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod unpadded_sequence {
    use week2_lake::wrong::unpadded_sequence as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod skip_by_key {
    use week2_lake::wrong::skip_by_key as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod etag_is_a_hash {
    use week2_lake::wrong::etag_is_a_hash as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod overwrite_raw {
    use week2_lake::wrong::overwrite_raw as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod exists_is_a_conflict {
    use week2_lake::wrong::exists_is_a_conflict as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod retried_means_mine {
    use week2_lake::wrong::retried_means_mine as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod fixed_parts {
    use week2_lake::wrong::fixed_parts as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod most_parts {
    use week2_lake::wrong::most_parts as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod audit_beside_data {
    use week2_lake::wrong::audit_beside_data as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod data_is_enough {
    use week2_lake::wrong::data_is_enough as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod replay_by_prefix {
    use week2_lake::wrong::replay_by_prefix as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod presence_is_enough {
    use week2_lake::wrong::presence_is_enough as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod counts_agree {
    use week2_lake::wrong::counts_agree as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}
