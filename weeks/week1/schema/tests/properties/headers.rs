//! Known headers, bent in every way that a spreadsheet or an editor bends them.

use fixtures::layouts;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::check::header::check;

/// One change of a list of names.
#[derive(Debug, Clone)]
enum Bend {
    Drop(Index),
    Twice(Index, Index),
    Swap(Index, Index),
    Case(Index),
    Space(Index),
    Name(Index, String),
}

impl Bend {
    fn apply(self, names: &mut Vec<String>) {
        if names.is_empty() {
            return;
        }
        let at = |index: Index| index.index(names.len());
        match self {
            Self::Drop(place) => drop(names.remove(at(place))),
            Self::Twice(from, to) => {
                let name = names[at(from)].clone();
                names.insert(to.index(names.len() + 1), name);
            }
            Self::Swap(left, right) => {
                let (left, right) = (at(left), at(right));
                names.swap(left, right);
            }
            Self::Case(place) => {
                let at = at(place);
                names[at] = names[at].to_uppercase();
            }
            Self::Space(place) => {
                let at = at(place);
                names[at] = format!(" {}\t", names[at]);
            }
            Self::Name(place, name) => {
                let at = at(place);
                names[at] = name;
            }
        }
    }
}

fn bend() -> impl Strategy<Value = Bend> {
    let index = any::<Index>;
    let known = (0..layouts::all().len(), index()).prop_map(|(layout, column)| {
        let columns = &layouts::all()[layout].columns;
        columns[column.index(columns.len())].to_owned()
    });
    let name = prop_oneof![
        known,
        "[A-Za-z_]{1,20}",
        "[\",\r\n é]{0,5}",
        Just("x".repeat(70_000))
    ];
    prop_oneof![
        index().prop_map(Bend::Drop),
        (index(), index()).prop_map(|(from, to)| Bend::Twice(from, to)),
        (index(), index()).prop_map(|(left, right)| Bend::Swap(left, right)),
        index().prop_map(Bend::Case),
        index().prop_map(Bend::Space),
        (index(), name).prop_map(|(at, name)| Bend::Name(at, name)),
    ]
}

/// A known header, bent, with any mark before it and any end behind it.
fn bent() -> impl Strategy<Value = Vec<u8>> {
    let layout = 0..layouts::all().len();
    let mark = prop_oneof![4 => Just(&b""[..]), 2 => Just(&b"\xEF\xBB\xBF"[..]), 1 => Just(&b"\xFF\xFE"[..])];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just(""), Just("\r")];
    (layout, vec(bend(), 0..5), any::<bool>(), mark, end).prop_map(
        |(layout, bends, quoted, mark, end)| {
            let columns = layouts::all()[layout].columns.iter();
            let mut names: Vec<String> = columns.map(|name| (*name).to_owned()).collect();
            for bend in bends {
                bend.apply(&mut names);
            }
            let write = |name: &String| {
                if quoted || name.contains(['"', ',', '\n', '\r']) {
                    format!("\"{}\"", name.replace('"', "\"\""))
                } else {
                    name.clone()
                }
            };
            let line: Vec<String> = names.iter().map(write).collect();
            [mark, line.join(",").as_bytes(), end.as_bytes()].concat()
        },
    )
}

proptest! {
    #[test]
    fn a_bent_header_is_mapped_by_its_names_or_refused(line in bent()) {
        check(&line);
    }

    #[test]
    fn bytes_changed_in_a_header_do_no_harm(
        line in bent(), damage in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut line = line;
        for (place, byte) in damage {
            let at = place.index(line.len().max(1));
            line.splice(at..at.min(line.len()), [byte]);
        }
        check(&line);
    }

    #[test]
    fn any_bytes_are_a_header_or_an_error(line in vec(any::<u8>(), 0..200)) {
        check(&line);
    }
}

#[test]
fn a_line_of_any_length_is_refused_in_one_short_sentence() {
    for line in [
        vec![b','; 1 << 20],
        vec![b'a'; 1 << 20],
        b"a,".repeat(1 << 19),
    ] {
        check(&line);
    }
    let name = b"Record_ID,".repeat(1 << 12);
    check(&name);
}
