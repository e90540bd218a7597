#!/usr/bin/env bash
# How long an import takes, with postings, chain and digests, against `sqlite3 .import` of the same rows into the same
# tables with the same indexes. Usage: benches/import.sh [invoices [pairs]]. Needs sqlite3 and a release build.
set -euo pipefail
cd "$(dirname "$0")/.."
invoices=${1:-100000}
pairs=${2:-3}
o2c=${CARGO_TARGET_DIR:-target}/release/o2c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A ledger of another system: three years, a tenth open, some settled late, fifty invoices a customer.
awk -v n="$invoices" 'BEGIN {
  srand(1); print "number,customer,document_date,due_date,amount,currency,kind,settled_date"
  for (i = 1; i <= n; i++) {
    day = 1678924800 + int(i * 1095 / n) * 86400; due = day + 30 * 86400
    paid = due + int(rand() * 70 - 10) * 86400
    settled = (rand() < 0.93 && paid < 1773619200) ? strftime("%Y-%m-%d", paid, 1) : ""
    printf "INV-%07d,C%05d,%s,%s,%.2f,EUR,invoice,%s\n", i, 1 + int(rand() * n / 50), \
      strftime("%Y-%m-%d", day, 1), strftime("%Y-%m-%d", due, 1), 1 + rand() * 50000, settled
  }
}' > "$work/invoices.csv"

seconds() { local from=$EPOCHREALTIME; "$@" > "$work/out" 2>&1; awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'; }
ours() { rm -f "$work"/book.db*; "$o2c" --book "$work/book.db" --as bench init --company Bench --currency EUR >/dev/null
         "$o2c" --book "$work/book.db" --as bench import invoices "$work/invoices.csv"; }
tables="document item allocation posting customer customer_version standing daily act act_digest"
bare() { rm -f "$work"/bare.db*; sqlite3 "$work/bare.db" < "$work/bare.sql"; }

ours > /dev/null 2>&1
# The same rows as files, and the statements that make the same tables, load them, and make the same indexes.
{
  echo "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
  for table in $tables; do
    sqlite3 "$work/book.db" ".headers off" ".mode csv" ".output $work/$table.csv" "SELECT * FROM $table"
    sqlite3 "$work/book.db" "SELECT sql || ';' FROM sqlite_schema WHERE type = 'table' AND name = '$table'"
  done
  echo "BEGIN;"
  echo ".mode csv"
  for table in $tables; do echo ".import $work/$table.csv $table"; done
  for table in $tables; do
    sqlite3 "$work/book.db" "SELECT sql || ';' FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '$table'"
  done
  echo "COMMIT;"
} > "$work/bare.sql"
# The CSV of a NULL is an empty field, which a STRICT integer column refuses: the reference takes any value.
sed -i 's/) STRICT, WITHOUT ROWID;/) WITHOUT ROWID;/; s/) STRICT;/);/; s/ CHECK (.*)\(,\{0,1\}\)$/\1/; s/ REFERENCES [a-z_]* (id)\( DEFERRABLE INITIALLY DEFERRED\)\{0,1\}//; s/ NOT NULL//' "$work/bare.sql"
rows=0
for table in $tables; do rows=$((rows + $(wc -l < "$work/$table.csv"))); done
printf '%s invoices, %s rows in %s tables\n' "$invoices" "$rows" "$(wc -w <<< "$tables")"
for ((pair = 1; pair <= pairs; pair++)); do
  a=$(seconds ours); b=$(seconds bare)
  for table in $tables; do
    loaded=$(sqlite3 "$work/bare.db" "SELECT count(*) FROM $table")
    wanted=$(sqlite3 "$work/book.db" "SELECT count(*) FROM $table")
    [ "$loaded" = "$wanted" ] || { echo "the reference loaded $loaded rows of $table, not $wanted"; exit 1; }
  done
  awk -v a="$a" -v b="$b" 'BEGIN { printf "o2c %s s   sqlite3 .import %s s   ratio %.2f\n", a, b, a / b }'
done
