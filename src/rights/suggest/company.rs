//! Active people with their values and rights, in whole numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;

use super::Asked;
use super::count::{Class, Row};
use crate::engine::EngineError;
use crate::sql;
use crate::stages::Ask;
use crate::table::{Field, Type};

/// Columns that tell people apart rather than what they do.
const NOT_TELLING: [&str; 9] =
    ["employee_id", "given_name", "family_name", "full_name", "email", "phone", "manager", "status", "source"];

/// Active people, in the order of their uids.
pub(super) struct Company {
    columns: Vec<Column>,
    people: Vec<i64>,
    /// Where the rights of each person begin; one more than people.
    starts: Vec<usize>,
    /// Permissions, in order within a person.
    rights: Vec<u32>,
    /// Whether a model or a row explains each right.
    is_explained: Vec<bool>,
    includes: HashMap<u32, Vec<u32>>,
}

/// A column of identities.
struct Column {
    name: String,
    /// In order.
    values: Vec<String>,
    /// The place of each person's value among them; `None` = null.
    of: Vec<Option<u32>>,
}

/// Rights of rows, each counted once.
pub(super) struct Union {
    pub(super) due: u64,
    pub(super) held: u64,
}

impl Company {
    pub(super) fn read(ask: &Ask<'_>, asked: &Asked) -> Result<Self, EngineError> {
        let names = wanted(ask, asked)?;
        let list: Vec<String> = names.iter().map(|name| format!(", i.{}", sql::name(name))).collect();
        let rows = ask.rows(&format!(
            "SELECT i.uid{} FROM identities i JOIN identity_status s ON s.uid = i.uid WHERE s.status = 'active'
             ORDER BY i.uid NULLS FIRST",
            list.concat()
        ))?;
        let people: Vec<i64> = rows.iter().filter_map(|row| row[0].parse().ok()).collect();
        let mut columns: Vec<Column> = names
            .into_iter()
            .enumerate()
            .map(|(at, name)| Column::of(name, rows.iter().map(|row| &row[at + 1])))
            .collect();
        if asked.by.is_empty() {
            let fewest = asked.people.max(1) as usize;
            columns.retain(|column| column.values.len() > 1 && column.values.len() * fewest <= people.len());
        }
        let mut company = Self {
            columns,
            starts: vec![0],
            people,
            rights: Vec::new(),
            is_explained: Vec::new(),
            includes: includes(ask)?,
        };
        company.take_rights(ask, asked.application.as_deref())?;
        if !asked.anew {
            company.explain_by_model(ask)?;
        }
        Ok(company)
    }

    /// Everybody, then each column, then each two: places of columns.
    pub(super) fn groupings(&self) -> Vec<Vec<usize>> {
        let columns = 0..self.columns.len();
        let singles = columns.clone().map(|one| vec![one]);
        let pairs = columns.clone().flat_map(|one| (one + 1..self.columns.len()).map(move |other| vec![one, other]));
        std::iter::once(Vec::new()).chain(singles).chain(pairs).collect()
    }

    pub(super) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// How many people there are.
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// The class of a person by some columns; `None` where a value is not known.
    pub(super) fn class(&self, person: usize, columns: &[usize]) -> Option<Class> {
        let mut class = [0, 0];
        for (at, column) in columns.iter().enumerate() {
            class[at] = self.columns[*column].of[person]?;
        }
        Some(class)
    }

    /// What the people of a class have in common.
    pub(super) fn values(&self, columns: &[usize], class: Class) -> Vec<(&str, &str)> {
        let of = |(column, value): (&usize, u32)| {
            let column = &self.columns[*column];
            (column.name.as_str(), column.values[value as usize].as_str())
        };
        columns.iter().zip(class).map(of).collect()
    }

    /// The rights of a person, each with whether it is explained.
    pub(super) fn rights(&self, person: usize) -> impl Iterator<Item = (u32, bool)> + '_ {
        let range = self.starts[person]..self.starts[person + 1];
        self.rights[range.clone()].iter().copied().zip(self.is_explained[range].iter().copied())
    }

    /// Marks a right of a person as explained. Returns whether it is held, and whether that is new.
    pub(super) fn explain(&mut self, person: usize, permission: u32) -> (bool, bool) {
        let range = self.starts[person]..self.starts[person + 1];
        let Ok(at) = self.rights[range.clone()].binary_search(&permission) else { return (false, false) };
        (true, !std::mem::replace(&mut self.is_explained[range.start + at], true))
    }

    /// Permissions with all that they include, in order.
    pub(super) fn closure(&self, permissions: &[u32]) -> Vec<u32> {
        let all: BTreeSet<u32> = permissions
            .iter()
            .flat_map(|permission| {
                self.includes.get(permission).map_or(std::slice::from_ref(permission), Vec::as_slice)
            })
            .copied()
            .collect();
        all.into_iter().collect()
    }

    pub(super) fn held(&self) -> u64 {
        self.rights.len() as u64
    }

    pub(super) fn explained(&self) -> u64 {
        self.is_explained.iter().filter(|is_explained| **is_explained).count() as u64
    }

    /// What rows give together.
    pub(super) fn union<'a>(&self, rows: impl Iterator<Item = (&'a [usize], &'a Row)>) -> Union {
        let mut by_grouping: BTreeMap<&[usize], HashMap<Class, Vec<u32>>> = BTreeMap::new();
        for (columns, row) in rows {
            by_grouping.entry(columns).or_default().insert(row.class, self.closure(&row.permissions));
        }
        let mut union = Union { due: 0, held: 0 };
        let mut due: Vec<u32> = Vec::new();
        for person in 0..self.people.len() {
            due.clear();
            for (columns, classes) in &by_grouping {
                let granted = self.class(person, columns).and_then(|class| classes.get(&class));
                due.extend(granted.into_iter().flatten());
            }
            due.sort_unstable();
            due.dedup();
            let held = &self.rights[self.starts[person]..self.starts[person + 1]];
            union.due += due.len() as u64;
            union.held += due.iter().filter(|permission| held.binary_search(permission).is_ok()).count() as u64;
        }
        union
    }

    fn take_rights(&mut self, ask: &Ask<'_>, application: Option<&str>) -> Result<(), EngineError> {
        let within = application.map_or_else(String::new, |code| {
            let code = sql::text(code);
            format!(" AND e.permission_uid IN (SELECT p.uid FROM permissions p WHERE p.application = {code})")
        });
        let query = format!(
            "SELECT DISTINCT e.identity_uid, e.permission_uid FROM effective_rights e JOIN identity_status s ON s.uid = e.identity_uid
             WHERE s.status = 'active'{within}"
        );
        let (people, starts, rights) = (&self.people, &mut self.starts, &mut self.rights);
        each_pair(ask, &query, |person, permission| {
            // Rights come in the order of people.
            while starts.len() <= people.len() && people[starts.len() - 1] < person {
                starts.push(rights.len());
            }
            if people.get(starts.len() - 1) == Some(&person) {
                rights.push(permission);
            }
        })?;
        self.starts.resize(self.people.len() + 1, self.rights.len());
        self.is_explained = vec![false; self.rights.len()];
        Ok(())
    }

    fn explain_by_model(&mut self, ask: &Ask<'_>) -> Result<(), EngineError> {
        let places: HashMap<i64, usize> = self.people.iter().enumerate().map(|(at, uid)| (*uid, at)).collect();
        let query = "SELECT DISTINCT t.identity_uid, t.permission_uid FROM theoretical_rights t";
        each_pair(ask, query, |person, permission| {
            if let Some(person) = places.get(&person) {
                self.explain(*person, permission);
            }
        })
    }
}

impl Column {
    fn of<'a>(name: String, cells: impl Iterator<Item = &'a String> + Clone) -> Self {
        let values: BTreeSet<&String> = cells.clone().filter(|cell| !cell.is_empty()).collect();
        let places: HashMap<&String, u32> = values.iter().copied().zip(0..).collect();
        let of = cells.map(|cell| places.get(cell).copied()).collect();
        Self { name, of, values: values.into_iter().cloned().collect() }
    }
}

/// The columns that are asked for, or all that could say what people do.
fn wanted(ask: &Ask<'_>, asked: &Asked) -> Result<Vec<String>, EngineError> {
    let stored = ask.tables.find("identities");
    let texts: Vec<&Field> = stored.columns.iter().filter(|column| column.kind == Type::Text).collect();
    if let Some(unknown) = asked.by.iter().find(|name| !texts.iter().any(|column| column.name == **name)) {
        let known: Vec<&str> = texts.iter().map(|column| column.name.as_str()).collect();
        return Err(EngineError::new(format!("identities have no text `{unknown}`; there are {}", known.join(", "))));
    }
    if !asked.by.is_empty() {
        return Ok(asked.by.clone());
    }
    let is_telling = |name: &str| {
        !NOT_TELLING.contains(&name) && !name.ends_with("_norm") && !name.ends_with("_source") && name != "row_hash"
    };
    Ok(texts.into_iter().map(|column| column.name.clone()).filter(|name| is_telling(name)).collect())
}

/// Each permission with what it includes, itself too.
fn includes(ask: &Ask<'_>) -> Result<HashMap<u32, Vec<u32>>, EngineError> {
    let mut includes: HashMap<u32, Vec<u32>> = HashMap::new();
    each_pair(
        ask,
        "SELECT c.permission_uid AS identity_uid, c.included_uid AS permission_uid FROM permission_closure c",
        |outer, inner| {
            if let Ok(outer) = u32::try_from(outer) {
                includes.entry(outer).or_default().push(inner);
            }
        },
    )?;
    Ok(includes)
}

/// Hands over the rows of a query of people and permissions, in order.
fn each_pair(ask: &Ask<'_>, query: &str, mut take: impl FnMut(i64, u32)) -> Result<(), EngineError> {
    let columns = ["identity_uid", "permission_uid"].map(|name| Field::new(name, Type::Integer));
    ask.engine.run(query, ask.tables, &columns, 2, &mut |batch| {
        let [people, permissions] = [0, 1].map(|at| batch.column(at).as_primitive::<Int64Type>().clone());
        for pair in people.iter().zip(permissions.iter()) {
            if let (Some(person), Some(Ok(permission))) = (pair.0, pair.1.map(u32::try_from)) {
                take(person, permission);
            }
        }
        Ok(())
    })
}
