#!/usr/bin/env python3
"""DuckDB recomputes a rights model with roles, days, perimeters, collected rules and derogations, over two loads of the
sample (docs/stages/rights_model.md).

    rights_model.py LEDGERLINE PROJECT     PROJECT is the sample
"""
import pathlib
import subprocess
import sys
import tempfile

from common import copied

POLICY = """
[[role]]
id = "staff"
permissions = ["VPN/STAFF", "INTRANET/READ"]

[[role]]
id = "accountant"
permissions = ["ERP/LEDGER_READ", "ERP/INVOICE_POST"]
includes = ["staff", "former"]

[[role]]
id = "former"
permissions = ["ERP/VENDOR_PAY"]
valid_until = "2026-11-08"

[[grant]]
id = "everybody"
population = "TRUE"
roles = ["staff"]

[[grant]]
id = "accounts_payable"
population = "i.job_code = 'J007'"
roles = ["accountant"]
perimeters = ["HI10", "HI40"]

[[grant]]
id = "stock"
population = "i.job_code IN ('J003', 'J004') /* and their own place */"
permissions = ["ERP/GOODS_RECEIPT", "ERP/STOCK_ADJUST"]
except = ["ERP/STOCK_ADJUST"]
perimeter_of = "CASE i.uid % 3 WHEN 1 THEN 'HI10' WHEN 2 THEN 'HI40' END"

[[grant]]
id = "over"
population = "TRUE"
permissions = ["CRM/CUSTOMER_READ"]
valid_until = "2026-11-04"

[[exclude]]
id = "trainees"
population = "i.contract <> 'PERMANENT'"
permissions = ["ERP/LEDGER_READ"]
"""
LINKS = '[source]\nfiles = "../links.csv"\nformat = "csv"\n[table.theoretical_links.columns]\n' + "".join(
    f'{column} = "{name}"\n' for column, name in [
        ("rule", "RULE"), ("job_code", "JOB"), ("application", "APP"), ("permission", "CODE"), ("perimeter", "PLACE"),
        ("valid_from", "FROM"), ("valid_until", "UNTIL")])
DEROGATIONS = '[source]\nfiles = "../derogations.csv"\nformat = "csv"\n[table.derogations.columns]\n' + "".join(
    f'{column} = "{name}"\n' for column, name in [
        ("identity", "ID"), ("application", "APP"), ("permission", "CODE"), ("perimeter", "PLACE"), ("reason", "WHY"), ("until_on", "UNTIL")])


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    models = pathlib.Path(__file__).with_name("models.py")
    for perimeters in ["judged", "ignored"]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            copied(pathlib.Path(sys.argv[2]), root)
            policy = POLICY if perimeters == "judged" else "\n".join(
                line for line in POLICY.splitlines() if not line.startswith("perimeter"))
            (root / "policies" / "rights_model.toml").write_text(f'perimeters = "{perimeters}"\n{policy}')
            (root / "collectors" / "links.toml").write_text(LINKS)
            (root / "collectors" / "derogations.toml").write_text(DEROGATIONS)
            (root / "links.csv").write_text(
                "RULE,JOB,APP,CODE,PLACE,FROM,UNTIL\nR1,J001,FILES,ENGINEERING,,,\nR2,J009,ERP,PURCHASE_ORDER,HI10,2026-11-09,\n"
                "R3,J009,ERP,VENDOR_MAINTAIN,HI40,,2026-11-08\nstock,J004,FILES,PUBLIC,,,\n")
            people = (root / "sample-data" / "2026-11-02" / "hr_identities.csv").read_text().splitlines()[1:]
            what = ["ERP,GOODS_RECEIPT", "CRM,CUSTOMER_READ", "ERP,LEDGER_READ", "ERP,STOCK_ADJUST"]
            rows = [f"{line.split(',')[0]},{what[at % 4]},{['', 'HI10', 'HI40'][at % 3]},trial,{['', '2026-11-05', '2026-12-01'][at % 2]}"
                    for at, line in enumerate(people) if line.split(",")[0]]
            (root / "derogations.csv").write_text("ID,APP,CODE,PLACE,WHY,UNTIL\n" + "\n".join(rows) + "\n")
            plan = (root / "plans" / "weekly.toml").read_text()
            plan = plan.replace('sources = [', 'sources = ["links", "derogations", ').replace("guards = true\n", "guards = false\n")
            (root / "plans" / "weekly.toml").write_text(plan)
            for load in ["2026-11-02", "2026-11-09"][: 2 if perimeters == "judged" else 1]:
                run = subprocess.run([program, "--project", folder, "run", "weekly", "--var", f"load={load}", "--as-of", load, "--batch"], capture_output=True, text=True)
                if run.returncode:
                    sys.exit(run.stdout + run.stderr)
                subprocess.run([sys.executable, str(models), program, folder, "weekly", "--var", f"load={load}", "--timeslot", load], check=True)
            told = subprocess.run([program, "--project", folder, "query", "--timeslot", load, "--format", "csv",
                                   "SELECT gap, COUNT(*) AS n, COUNT(perimeter) AS placed, COUNT(excused_until_on) AS excused FROM entitlement_gaps GROUP BY gap ORDER BY gap"],
                                  check=True, capture_output=True, text=True).stdout
            print(f"perimeters {perimeters}: " + "; ".join(told.splitlines()[1:]))


main()
