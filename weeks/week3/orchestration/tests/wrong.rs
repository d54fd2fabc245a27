//! The graded tests, on every wrong answer: each must fail those that `checkpoint.toml` names.

#![allow(
    clippy::duplicate_mod,
    reason = "the same tests once for every wrong answer: that is the point"
)]

mod cycle_left_over {
    use week3_orchestration::wrong::cycle_left_over as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod all_stuck_are_the_cycle {
    use week3_orchestration::wrong::all_stuck_are_the_cycle as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod listing_order {
    use week3_orchestration::wrong::listing_order as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod half_open_years {
    use week3_orchestration::wrong::half_open_years as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod empty_range {
    use week3_orchestration::wrong::empty_range as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod fail_fast {
    use week3_orchestration::wrong::fail_fast as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod last_link {
    use week3_orchestration::wrong::last_link as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod default_trigger {
    use week3_orchestration::wrong::default_trigger as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod unbounded {
    use week3_orchestration::wrong::unbounded as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod retries_everything {
    use week3_orchestration::wrong::retries_everything as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod counts_retries {
    use week3_orchestration::wrong::counts_retries as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod torn_away {
    use week3_orchestration::wrong::torn_away as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod done_is_skipped {
    use week3_orchestration::wrong::done_is_skipped as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod names_only {
    use week3_orchestration::wrong::names_only as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod one_dataset_is_enough {
    use week3_orchestration::wrong::one_dataset_is_enough as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod done_years_left_out {
    use week3_orchestration::wrong::done_years_left_out as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod years_in_a_chain {
    use week3_orchestration::wrong::years_in_a_chain as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}
