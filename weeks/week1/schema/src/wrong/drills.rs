//! Queries that look right and are not.

type Drills = [(&'static str, &'static str); 8];

/// The reference's drills with another query in one place, counted from 1.
fn with(number: usize, sql: &'static str) -> Drills {
    let mut drills = crate::solution::drills();
    drills[number - 1].1 = sql;
    drills
}

/// Two values differ if they are not equal.
pub mod not_equal {
    pub use crate::solution::*;

    /// Compares with `<>`, which knows no answer where one side is NULL.
    pub fn drills() -> super::Drills {
        super::with(
            1,
            "select record_id
            from publications as old
            inner join publications as new using (program_year, record_id)
            where program_year = 2023 and old.published < new.published
                and (old.city <> new.city or old.state <> new.state or old.amount <> new.amount)
            order by record_id",
        )
    }
}

/// The answer was looked up once.
pub mod hard_coded {
    pub use crate::solution::*;

    /// What the first set of tables gives.
    pub fn drills() -> super::Drills {
        super::with(
            2,
            "select
                2022 as program_year,
                date '2023-06-30' as published,
                500 as records,
                56122.93 as amount
            union all
            select 2023, date '2025-01-30', 479, 122775.16",
        )
    }
}

/// What is not in the list is not in the list.
pub mod not_in_with_null {
    pub use crate::solution::*;

    /// `not in` over a list that holds a NULL is never true.
    pub fn drills() -> super::Drills {
        super::with(
            3,
            "select record_id
            from publications
            where program_year = 2023 and published = date '2024-06-28'
                and record_id not in (
                    select record_id from publications where published = date '2025-01-30'
                )
                and record_id not in (select record_id from removed)
            order by record_id",
        )
    }
}

/// Join what belongs together, then add it up.
pub mod join_then_sum {
    pub use crate::solution::*;

    /// Adds a payment once for each medicine that it names.
    pub fn drills() -> super::Drills {
        super::with(
            8,
            "select
                company_id,
                count(distinct record_id) as payments,
                sum(amount) as amount,
                count(distinct product) as products
            from payments
            inner join products using (record_id)
            where kind in ('Drug', 'Biological')
            group by company_id
            order by company_id",
        )
    }
}
