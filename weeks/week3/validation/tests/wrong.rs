//! The graded tests, on every wrong answer: each must fail those that `checkpoint.toml` names.

#![allow(
    clippy::duplicate_mod,
    reason = "the same tests once for every wrong answer: that is the point"
)]

mod sum_of_lengths {
    use week3_validation::wrong::sum_of_lengths as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod lines_are_records {
    use week3_validation::wrong::lines_are_records as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod drift_fails {
    use week3_validation::wrong::drift_fails as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod bounds_only {
    use week3_validation::wrong::bounds_only as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod malformed_twice {
    use week3_validation::wrong::malformed_twice as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod everything_rejected {
    use week3_validation::wrong::everything_rejected as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod empty_passes {
    use week3_validation::wrong::empty_passes as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod latest_only {
    use week3_validation::wrong::latest_only as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod when_it_ends {
    use week3_validation::wrong::when_it_ends as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod from_the_start {
    use week3_validation::wrong::from_the_start as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod as_found {
    use week3_validation::wrong::as_found as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod cut_silently {
    use week3_validation::wrong::cut_silently as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod store_on_success {
    use week3_validation::wrong::store_on_success as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}

mod release_on_store {
    use week3_validation::wrong::release_on_store as subject;
    mod graded {
        include!("graded/mod.rs");
    }
}
