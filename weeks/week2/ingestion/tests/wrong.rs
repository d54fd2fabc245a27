//! The graded tests, on every wrong answer: each must fail those that `checkpoint.toml` names.

#![allow(
    clippy::duplicate_mod,
    reason = "the same tests once for every wrong answer: that is the point"
)]

mod any_amount_fits {
    use week2_ingestion::wrong::any_amount_fits as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod chunks_at_newlines {
    use week2_ingestion::wrong::chunks_at_newlines as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod error_ends_the_file {
    use week2_ingestion::wrong::error_ends_the_file as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod float_amounts {
    use week2_ingestion::wrong::float_amounts as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod last_chunk_lost {
    use week2_ingestion::wrong::last_chunk_lost as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod short_read_is_the_end {
    use week2_ingestion::wrong::short_read_is_the_end as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod clock_run_id {
    use week2_ingestion::wrong::clock_run_id as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod largest_share_counts {
    use week2_ingestion::wrong::largest_share_counts as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod listed_order_run_id {
    use week2_ingestion::wrong::listed_order_run_id as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod name_is_believed {
    use week2_ingestion::wrong::name_is_believed as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod newest_by_name {
    use week2_ingestion::wrong::newest_by_name as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod one_newest_for_all {
    use week2_ingestion::wrong::one_newest_for_all as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod path_run_id {
    use week2_ingestion::wrong::path_run_id as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod existence_is_enough {
    use week2_ingestion::wrong::existence_is_enough as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod manifest_is_trusted {
    use week2_ingestion::wrong::manifest_is_trusted as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod manifest_means_complete {
    use week2_ingestion::wrong::manifest_means_complete as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod objects_are_counted {
    use week2_ingestion::wrong::objects_are_counted as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod publish_first {
    use week2_ingestion::wrong::publish_first as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod size_is_enough {
    use week2_ingestion::wrong::size_is_enough as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod comma_counter {
    use week2_ingestion::wrong::comma_counter as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod newline_splitter {
    use week2_ingestion::wrong::newline_splitter as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod padded_rows {
    use week2_ingestion::wrong::padded_rows as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod toggled_quotes {
    use week2_ingestion::wrong::toggled_quotes as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod any_byte_is_progress {
    use week2_ingestion::wrong::any_byte_is_progress as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod budget_of_the_last_pause {
    use week2_ingestion::wrong::budget_of_the_last_pause as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod client_errors_never_pass {
    use week2_ingestion::wrong::client_errors_never_pass as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod deaf_to_retry_after {
    use week2_ingestion::wrong::deaf_to_retry_after as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod every_error_passes {
    use week2_ingestion::wrong::every_error_passes as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod jitter_without_budget {
    use week2_ingestion::wrong::jitter_without_budget as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod all_in_the_message {
    use week2_ingestion::wrong::all_in_the_message as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod pause_as_text {
    use week2_ingestion::wrong::pause_as_text as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}
