"""Extracts in which one row in twenty of every file says something else. All other rows are the same bytes."""
import csv
import io
import pathlib

EVERY = 20

# The column that changes: to a value of its own, or, where a file has nothing but keys, to what the row before has.
NEW = {
    "organisations": ("org_name", "Renamed"), "identities": ("phone", "+00 1"), "accounts": ("department", "Dpt moved"),
    "groups": ("group_name", "Renamed"), "applications": ("app_name", "Renamed"), "permissions": ("perm_name", "Renamed"),
    "rights": ("granted_on", "2026-01-12"), "sod": ("severity", "9"),
}
FROM_THE_ROW_BEFORE = {"group_members": "group_id", "group_permissions": "perm_code", "group_nesting": "parent_group", "model": "perm_code"}


def change(source, target):
    """Writes the files of a folder, changed, into another."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(pathlib.Path(source).glob("*.csv")):
        name = "accounts" if path.stem.startswith("accounts_") else path.stem
        with open(path, newline="") as read, open(target / path.name, "w", newline="") as written:
            header = read.readline()
            delimiter = ";" if ";" in header else ","
            columns = header.rstrip("\r\n").split(delimiter)
            column = columns.index(NEW[name][0] if name in NEW else FROM_THE_ROW_BEFORE[name])
            written.write(header)
            before = None
            for at, line in enumerate(read):
                if at % EVERY == EVERY - 1:
                    fields = parsed(line, delimiter)
                    fields[column] = NEW[name][1] if name in NEW else parsed(before, delimiter)[column]
                    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerow(fields)
                else:
                    written.write(line)
                before = line


def parsed(line, delimiter):
    return next(csv.reader(io.StringIO(line), delimiter=delimiter))
