//! Numbers, dates and sizes as people read them. Nothing here loses a sign or
//! shows something as nothing.

/// `1,234,567`.
pub(super) fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::from(if value < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `$1,234,567.89`, to the cent.
pub(super) fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    format!(
        "{sign}${}.{rest:02}",
        count(i64::try_from(whole).unwrap_or(i64::MAX))
    )
}

/// `$9.50`, `$950`, `$12.3K`, `$4.56M`, `$1.20B`: three significant digits, cents below $100.
pub(super) fn short_dollars(cents: i64) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    match cents.unsigned_abs() {
        0 => return "$0".to_owned(),
        small if small < 10_000 => return dollars(cents),
        _ => {}
    }
    format!("{sign}${}", short(cents.unsigned_abs() as f64 / 100.0))
}

/// `950`, `12.3K`, `4.56M`: three significant digits.
pub(super) fn short_count(value: i64) -> String {
    if value.unsigned_abs() < 10_000 {
        return count(value);
    }
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{}", short(value.unsigned_abs() as f64))
}

fn short(value: f64) -> String {
    // 999,950 reads as 1.00M, not as 1,000K: the step comes where rounding reaches it.
    for (step, unit) in [(1e9, "B"), (1e6, "M"), (1e3, "K")] {
        if value >= step * 0.9995 {
            return format!("{}{unit}", three_digits(value / step));
        }
    }
    three_digits(value)
}

fn three_digits(value: f64) -> String {
    let decimals = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

/// A part of a whole in per cent; an empty whole has no parts.
pub(super) fn share(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        p if part != 0 && p < 0.01 => "<0.01 %".to_owned(),
        p if p < 1.0 && part != 0 => format!("{p:.2} %"),
        p => format!("{p:.1} %"),
    }
}

/// Growth against an earlier value: `+4.2 %`; nothing to compare with is a dash.
pub(super) fn change(now: i64, before: Option<i64>) -> String {
    match before {
        Some(before) if before > 0 => {
            let percent = (now - before) as f64 * 100.0 / before as f64;
            let sign = match percent {
                p if p <= -0.05 => "−",
                p if p >= 0.05 => "+",
                _ => "",
            };
            format!("{sign}{:.1} %", percent.abs())
        }
        _ => "–".to_owned(),
    }
}

/// `1.5 GB`, in powers of 1,000.
pub(super) fn bytes(value: i64) -> String {
    let size = value.max(0) as f64;
    for (step, unit) in [(1e9, "GB"), (1e6, "MB"), (1e3, "KB")] {
        if size >= step * 0.9995 {
            return format!("{} {unit}", three_digits(size / step));
        }
    }
    format!("{size:.0} B")
}

/// `0.8 s`, `42 s`, `3 min 05 s`, `2 h 10 min`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round();
    match seconds {
        s if s < 9.95 => format!("{:.1} s", s.max(0.0)),
        _ if whole < 60.0 => format!("{whole:.0} s"),
        _ if whole < 3600.0 => format!("{:.0} min {:02.0} s", (whole / 60.0).floor(), whole % 60.0),
        _ => format!(
            "{:.0} h {:02.0} min",
            (whole / 3600.0).floor(),
            ((whole % 3600.0) / 60.0).floor()
        ),
    }
}

/// `Mar 2023`.
pub(super) fn month(year: i32, month: u32) -> String {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let name = (month as usize)
        .checked_sub(1)
        .and_then(|index| NAMES.get(index));
    name.map_or_else(|| year.to_string(), |name| format!("{name} {year}"))
}

/// The first characters of a long id.
pub(super) fn short_id(id: &str) -> String {
    id.chars().take(12).collect()
}
