//! One sentence about the plan. It follows the checklist's final rule: when late, rush no
//! checkpoint, skip posts, and put the system's quality before the schedule.

use crate::report::{Report, Unit};
use crate::screen::{days, on};
use crate::zones::Zone;

/// What to do now.
pub fn sentence(report: &Report) -> String {
    let used = report.ledger.used;
    let Some(current) = report.current.map(|place| &report.units[place]) else {
        return done(report);
    };
    if report.today < report.start && report.done == 0.0 {
        return format!(
            "The plan starts on {}; until then `cargo xtask book --open` has the first chapters.",
            on(report.start, report.today)
        );
    }
    if let Some(sentence) = over_cap(report, current) {
        return sentence;
    }
    match report.zone {
        _ if used < 0.0 => format!(
            "{} ahead: keep it as buffer, and give {} the time that it asks for.",
            days(-used),
            current.number
        ),
        _ if used == 0.0 => {
            "On plan: take the next item, and leave no check behind that is not green.".to_owned()
        }
        None => format!(
            "{} late, and this track gives no buffer: rush nothing, skip the posts, and move the plan.",
            days(used)
        ),
        Some(Zone::Green) => format!(
            "Late, and the buffer is there for that: finish {} at its own pace.",
            current.number
        ),
        Some(Zone::Yellow) => format!(
            "Do not rush {}: skip the posts, and look in `cargo xtask today` for what usually delays it.",
            current.number
        ),
        Some(Zone::Red) if report.ledger.left() > 0.0 => format!(
            "Do not rush {}: skip all posts, ask for help early, and keep every check; quality comes before the date.",
            current.number
        ),
        Some(Zone::Red) => {
            "The buffer is spent: do not rush, skip all posts, and give the plan new dates with `cargo xtask plan move`."
                .to_owned()
        }
    }
}

/// "At most half a day": more is not the buffer's to give.
fn over_cap(report: &Report, current: &Unit) -> Option<String> {
    let late = report.ledger.entry(report.current?)?.late;
    let [_, cap] = current.buffer?;
    (current.capped && late > cap).then(|| {
        format!(
            "{} may cost {} more at most: leave the rest of its order for when something needs it, and go on.",
            current.number,
            days(cap)
        )
    })
}

fn done(report: &Report) -> String {
    let left = report.ledger.left();
    let used = report.ledger.used;
    if used <= 0.0 || left > 0.0 {
        format!(
            "Everything is done, with {} of the buffer left. Now is the time for posts.",
            days(left - used.min(0.0))
        )
    } else {
        "Everything is done, and nothing was rushed. Now is the time for posts.".to_owned()
    }
}
