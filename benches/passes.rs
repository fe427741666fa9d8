//! Passes over the numbers that records have become: groups above groups, what moved between two loads, who can do what.

use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use criterion::{BenchmarkId, Criterion, Throughput};
use ledgerline::cause::Causes;
use ledgerline::closure::closure_rows;
use ledgerline::engine::EngineError;
use ledgerline::kernels::{EffectiveRights, Kernel, Movements};
use ledgerline::ledger::{Part, arrow_schema, bytes_of_file};
use ledgerline::model::{StoredTable, TableSet};
use ledgerline::table::{Field, Type};
use ledgerline::tables::{self, RIGHTS};
use parquet::arrow::ArrowWriter;

const PEOPLE: i64 = 2_000;

/// Rights of each account, and members of each group.
const EACH: i64 = 20;

const PERMISSIONS: i64 = 500;

const GROUPS: i64 = 200;

/// A table of whole numbers in a file; a column that is named and not given has none, and `perimeter` is no number.
fn stored(folder: &Path, name: &str, columns: &[&str], rows: &[Vec<i64>]) -> StoredTable {
    let fields: Vec<Field> = columns
        .iter()
        .map(|column| Field::new(*column, if *column == "perimeter" { Type::Text } else { Type::Integer }))
        .collect();
    let array = |(at, field): (usize, &Field)| -> ArrayRef {
        match field.kind {
            Type::Text => Arc::new(StringArray::new_null(rows.len())),
            _ => Arc::new(rows.iter().map(|row| row.get(at).copied().filter(|n| *n > 0)).collect::<Int64Array>()),
        }
    };
    let arrays = fields.iter().enumerate().map(array).collect();
    let batch = RecordBatch::try_new(arrow_schema(&fields), arrays).expect("columns of one length");
    let path = folder.join(name);
    let mut writer =
        ArrowWriter::try_new(File::create(&path).expect("a file"), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a whole file");
    let bytes = bytes_of_file(&path).expect("it was written");
    let part =
        Part { name: name.to_owned(), rows: rows.len() as u64, bytes, sha256: name.to_owned(), ..Part::default() };
    StoredTable { columns: fields, files: vec![path], parts: vec![part], held: Vec::new() }
}

fn columns_of(table: &str) -> Vec<Field> {
    let table = tables::by_name(table).expect("the ledger has it");
    table.columns.iter().map(|column| Field::new(column.name, column.kind)).collect()
}

/// Runs a kernel. Gives how many rows it makes.
fn rows_of(kernel: &dyn Kernel, tables: &TableSet, columns: &[Field]) -> usize {
    let mut rows = 0;
    let mut take = |batch: RecordBatch| -> Result<(), EngineError> {
        rows += black_box(batch).num_rows();
        Ok(())
    };
    kernel.run(tables, columns, &mut take).expect("the parts are sound");
    rows
}

/// Rights of accounts, sorted; `skipped` leaves one of so many out.
fn rights(skipped: usize) -> Vec<Vec<i64>> {
    let pairs = (1..=PEOPLE).flat_map(|account| {
        let mut permissions: Vec<i64> = (0..EACH).map(|n| (account * 31 + n * 17) % PERMISSIONS + 1).collect();
        permissions.sort_unstable();
        permissions.into_iter().map(move |permission| vec![account, 0, permission])
    });
    pairs.enumerate().filter(|(n, _)| !(n + 1).is_multiple_of(skipped)).map(|(_, row)| row).collect()
}

const RIGHT: [&str; 4] = ["account_uid", "group_uid", "permission_uid", "perimeter"];

/// The group above each; 0 = none.
type Above = fn(i64) -> i64;

/// Groups inside groups: a deep chain, a wide tree, and circles.
pub(crate) fn closure(criterion: &mut Criterion) {
    let shapes: [(&str, Above); 3] =
        [("chain", |n| n - 1), ("tree", |n| n / 8), ("circles of ten", |n| if n % 10 == 0 { n - 9 } else { n + 1 })];
    let mut group = criterion.benchmark_group("closure");
    group.throughput(Throughput::Elements(GROUPS.unsigned_abs()));
    for (name, parent) in shapes {
        let links = (1..=GROUPS).map(|n| (n, Some(parent(n)).filter(|parent| *parent > 0)));
        let rows: Vec<(i64, Option<i64>)> = (1..=GROUPS).map(|n| (n, None)).chain(links).collect();
        let uids: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
        let parents: ArrayRef = Arc::new(rows.iter().map(|row| row.1).collect::<Int64Array>());
        let batch = RecordBatch::try_from_iter([("uid", uids), ("parent", parents)]).expect("columns of one length");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let mut rows = 0;
                let mut take = |batch: RecordBatch| {
                    rows += batch.num_rows();
                    Ok(())
                };
                closure_rows(vec![batch.clone()], &mut take).expect("whole numbers");
                rows
            });
        });
    }
}

/// What moved between two loads of rights, read from their parts.
pub(crate) fn merge(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let columns = columns_of("movements");
    let causes = Causes::default().of_sources(&RIGHTS);
    let kernel = Movements { table: &RIGHTS, attributes: Vec::new(), causes };
    let mut group = criterion.benchmark_group("merge");
    group.throughput(Throughput::Elements((PEOPLE * EACH).unsigned_abs()));
    for (name, skipped) in [("one in a thousand moved", 1_000), ("one in three moved", 3)] {
        let mut tables = TableSet::default();
        tables.insert("rights", stored(folder.path(), "now", &RIGHT, &rights(usize::MAX)));
        tables.insert("before_rights", stored(folder.path(), name, &RIGHT, &rights(skipped)));
        assert!(rows_of(&kernel, &tables, &columns) > 0, "something moved");
        group.bench_function(name, |bencher| bencher.iter(|| rows_of(&kernel, &tables, &columns)));
    }
}

/// Who can do what, through accounts and groups inside groups, read from parts.
pub(crate) fn effective(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut tables = TableSet::default();
    let mut put = |name: &str, columns: &[&str], rows: Vec<Vec<i64>>| {
        tables.insert(name, stored(folder.path(), name, columns, &rows));
    };
    put("ownership", &["account_uid", "identity_uid"], (1..=PEOPLE).map(|n| vec![n, n / 2 + 1]).collect());
    let members = (1..=PEOPLE).flat_map(|n| [vec![n, n % GROUPS + 1], vec![n, n * 7 % GROUPS + 1]]).collect();
    put("memberships", &["account_uid", "group_uid"], members);
    let above = (1..=GROUPS).flat_map(|n| [vec![n, n, 0], vec![n, n / 8 + 1, 1]]).collect();
    put("group_closure", &["group_uid", "ancestor_uid", "depth"], above);
    let itself = (1..=PERMISSIONS).map(|n| vec![n, n]).collect();
    put("permission_closure", &["permission_uid", "included_uid", "depth"], itself);
    let of_groups =
        (1..=GROUPS).flat_map(|group| (1..=5).map(move |n| vec![0, group, (group * 13 + n) % PERMISSIONS + 1]));
    put("rights", &RIGHT, rights(usize::MAX).into_iter().chain(of_groups).collect());
    let columns = columns_of("effective_rights");
    let mut group = criterion.benchmark_group("effective");
    group.throughput(Throughput::Elements((PEOPLE * EACH).unsigned_abs()));
    assert!(rows_of(&EffectiveRights, &tables, &columns) > 0, "somebody can do something");
    group.bench_function("rights", |bencher| bencher.iter(|| rows_of(&EffectiveRights, &tables, &columns)));
}
