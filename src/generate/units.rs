//! The units of Halden Instruments: a tree whose first units have names, further ones numbers.

/// A field of work: it decides which jobs a unit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Direction,
    Engineering,
    Production,
    Sales,
    Finance,
    People,
    Computing,
    Quality,
}

use Field::{Computing, Direction, Engineering, Finance, People, Production, Quality, Sales};

const NAMED: [(&str, &str, usize, Field); 16] = [
    ("HI", "Halden Instruments", 0, Direction),
    ("ENG", "Engineering", 0, Engineering),
    ("PRD", "Production", 0, Production),
    ("SAL", "Sales and service", 0, Sales),
    ("FIN", "Finance", 0, Finance),
    ("PPL", "People and culture", 0, People),
    ("CIT", "Computing", 0, Computing),
    ("QUA", "Quality and calibration", 0, Quality),
    ("ENG-OPT", "Optics, sensors", 1, Engineering),
    ("ENG-ELE", "Electronics", 1, Engineering),
    ("PRD-ASM", "Assembly", 2, Production),
    ("PRD-WHS", "Warehouse, shipping", 2, Production),
    ("SAL-NOR", "Sales, northern region", 3, Sales),
    ("SAL-SVC", "Field service", 3, Sales),
    ("FIN-PAY", "Accounts payable", 4, Finance),
    ("CIT-OPS", "IT \"round the clock\" operations", 6, Computing),
];

/// The code of a unit.
pub(crate) fn code(unit: usize) -> String {
    NAMED.get(unit).map_or_else(|| format!("U{unit:05}"), |named| named.0.to_owned())
}

/// The name of a unit.
pub(crate) fn name(unit: usize) -> String {
    NAMED
        .get(unit)
        .map_or_else(|| format!("Team {unit}, {}", NAMED[1 + unit % 7].1.to_lowercase()), |named| named.1.to_owned())
}

/// The unit above; none above the first.
pub(crate) fn parent(unit: usize) -> Option<usize> {
    match NAMED.get(unit) {
        Some(_) if unit == 0 => None,
        Some(named) => Some(named.2),
        None => Some((unit - 1) / 8),
    }
}

/// The field of a unit: its own, or that of the nearest named unit above.
pub(crate) fn field(unit: usize) -> Field {
    match NAMED.get(unit) {
        Some(named) => named.3,
        None => field((unit - 1) / 8),
    }
}

/// The kind of a unit, by its depth.
pub(crate) fn kind(unit: usize) -> &'static str {
    match unit {
        0 => "COMPANY",
        1..=7 => "DIVISION",
        8..=15 => "DEPARTMENT",
        _ => "TEAM",
    }
}

/// The towns with a site, the company code of each, and its switchboard (numbers kept for fiction).
pub(crate) const SITES: [(&str, &str, &str); 5] = [
    ("Halden", "HI10", "+44 1632 960100"),
    ("Ilmenau", "HI20", "+44 1632 960200"),
    ("Annecy", "HI30", "+44 1632 960300"),
    ("Leeuwarden", "HI40", "+44 1632 960400"),
    ("Sankt Ørn", "HI50", "+44 1632 960500"),
];
