//! The graded tests, against each wrong answer: `checkpoint.toml` says which must fail.
#![allow(
    clippy::duplicate_mod,
    reason = "the same tests, once per wrong answer"
)]

mod hash_is_a_comment {
    use week1_environment::wrong::hash_is_a_comment as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod env_file_wins {
    use week1_environment::wrong::env_file_wins as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod first_problem_only {
    use week1_environment::wrong::first_problem_only as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod empty_is_a_value {
    use week1_environment::wrong::empty_is_a_value as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod credentials_are_mixed {
    use week1_environment::wrong::credentials_are_mixed as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod last_four_letters {
    use week1_environment::wrong::last_four_letters as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod prefix_is_a_zone {
    use week1_environment::wrong::prefix_is_a_zone as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod mutable_is_deletable {
    use week1_environment::wrong::mutable_is_deletable as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod commit_is_rewritten {
    use week1_environment::wrong::commit_is_rewritten as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod sources_first {
    use week1_environment::wrong::sources_first as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod major_tag {
    use week1_environment::wrong::major_tag as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod password_with_default {
    use week1_environment::wrong::password_with_default as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}

mod waits_for_the_start {
    use week1_environment::wrong::waits_for_the_start as subject;

    mod graded {
        include!("graded/mod.rs");
    }
}
