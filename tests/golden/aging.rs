//! Vectors of aging and as-of dates.

use chrono::NaiveDate;
use o2c::domain::aging::{self, AgedItem, Bands, Basis, Credits, Kind, View};
use o2c::domain::allocation::{self, OpenDebit};
use o2c::domain::fx::Carried;
use o2c::domain::item::{self, Allocation};
use o2c::domain::money::Currency;
use serde_json::{Value, json};

use super::values::{In, cents, date, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "bucket_due" => json!({"buckets": i.ints("dpd").into_iter().map(bucket).collect::<Vec<_>>()}),
        "bucket_oca" => json!({"buckets": i.ints("dpd").into_iter().map(oca_bucket).collect::<Vec<_>>()}),
        "bucket_erpnext" => bucket_erpnext(i),
        "fifo_terms" => fifo_terms(i),
        "open_asof" => open_asof(i),
        "alloc_effective" => {
            let chosen = i.has("chosen").then(|| i.date("chosen"));
            json!({"effective": item::effective_date(i.date("debit_date"), i.date("credit_date"), chosen)})
        }
        "asof_customer" => asof_customer(i),
        "aging_report" => aging_report(i),
        "dpd" => {
            let pairs = i.dates("due").into_iter().zip(i.dates("as_of"));
            json!({"dpd": pairs.map(|(due, as_of)| item::days_past_due(due, as_of)).collect::<Vec<_>>()})
        }
        "basis_compare" => basis_compare(i),
        "disputed_split" => {
            let (open, disputed) = (i.cents("open"), i.cents("disputed"));
            json!({
                "bucket": bucket(i.int("dpd")),
                "collectible": money_out(open - disputed),
                "disputed": money_out(disputed),
                "total": money_out(open),
            })
        }
        "reval" => {
            let booked = Carried::booked(i.cents("txn_open"), Currency::USD, Currency::EUR, i.dec("rate_booked"))?;
            let (after, difference) = booked.revalued(i.dec("rate_closing"))?;
            json!({
                "base_booked": money_out(booked.base),
                "base_closing": money_out(after.base),
                "unrealised": money_out(difference),
            })
        }
        _ => return None,
    })
}

/// The vectors say "current" where our reports say "not due".
fn bucket(age: i64) -> String {
    let bands = Bands::default();
    bands.label(bands.index(age, Basis::Due), Basis::Due).replace("not due", "current")
}

/// The same bounds under the labels of another ledger: upper days, "older" for the rest.
fn oca_bucket(age: i64) -> String {
    let labels = ["current", "30", "60", "90", "120", "older"];
    labels[Bands::default().index(age, Basis::Due)].to_owned()
}

/// ERPNext: age 0 stands in the first range as in our document basis; what is not due yet is in none.
fn bucket_erpnext(i: &In) -> Value {
    let range = |row: In| {
        let index = Bands::default().index(row.int("age"), Basis::Document);
        if row.flag("future") { Value::Null } else { json!(format!("range{index}")) }
    };
    json!({"buckets": i.rows("rows").into_iter().map(range).collect::<Vec<_>>()})
}

fn fifo_terms(i: &In) -> Value {
    let day = |place: usize| NaiveDate::from_ymd_opt(2026, 1, 1 + place as u32).unwrap();
    let amounts: Vec<i64> = i.list("terms").iter().map(cents).collect();
    let debits = |open: &[i64]| -> Vec<OpenDebit> {
        let rows = open.iter().enumerate();
        rows.map(|(at, &open)| OpenDebit { id: at as i64, open, disputed: 0, due: day(at) }).collect()
    };
    let taken = |credit: i64, open: &[i64]| -> Vec<i64> {
        let shares = allocation::oldest_first(credit, &debits(open), true).shares;
        let of = |at: usize| shares.iter().filter(|s| s.item == at as i64).map(|s| s.amount).sum();
        (0..open.len()).map(of).collect()
    };
    let paid = taken(i.cents("paid"), &amounts);
    let left: Vec<i64> = amounts.iter().zip(&paid).map(|(amount, paid)| amount - paid).collect();
    let credited = taken(i.cents("credit"), &left);
    let row = |at: usize| [amounts[at], paid[at], credited[at], left[at] - credited[at]].map(money_out);
    json!({"terms": (0..amounts.len()).map(row).collect::<Vec<_>>()})
}

fn open_asof(i: &In) -> Value {
    let mut allocations = Vec::new();
    for row in i.rows("allocs") {
        let amount = row.cents("amt");
        allocations.push(Allocation { amount, effective: row.date("eff"), recorded_seq: 0 });
        for key in ["rev", "reversed", "reversed_on"].into_iter().filter(|key| row.has(key)) {
            allocations.push(Allocation { amount: -amount, effective: row.date(key), recorded_seq: 0 });
        }
    }
    let days = i.dates("as_of");
    let open = days.iter().map(|day| money_out(item::open_at(i.cents("amount"), &allocations, *day, None)));
    let open = open.collect::<Vec<_>>();
    let late =
        i.has("due").then(|| days.iter().map(|day| item::days_past_due(i.date("due"), *day)).collect::<Vec<_>>());
    json!({"open": open, "dpd": late})
}

fn asof_customer(i: &In) -> Value {
    let as_of = i.date("as_of");
    let applied: Vec<Allocation> = i
        .rows("receipts")
        .iter()
        .flat_map(|receipt| receipt.rows("applied"))
        .map(|row| Allocation { amount: row.cents("amt"), effective: row.date("eff"), recorded_seq: 0 })
        .collect();
    let there = |row: &In| row.date("date") <= as_of;
    let total = |key: &str| -> i64 { i.rows(key).iter().filter(|row| there(row)).map(|row| row.cents("amt")).sum() };
    let invoices = item::open_at(total("invoices"), &applied, as_of, None);
    let unapplied = item::open_at(-total("receipts"), &applied, as_of, None);
    json!({
        "invoice_open": money_out(invoices),
        "unapplied": money_out(unapplied),
        "net": money_out(invoices + unapplied),
    })
}

fn aging_report(i: &In) -> Value {
    let mut items = Vec::new();
    for (key, kind, sign) in
        [("items", Kind::Debit, 1), ("credit_notes", Kind::CreditNote, -1), ("unapplied", Kind::Unapplied, -1)]
    {
        for row in i.list(key) {
            let open = sign * cents(&row[0]);
            let day = date(&row[1]);
            let due_date = Some(day);
            let currency = Currency::EUR;
            let disputed = 0;
            items.push(AgedItem {
                customer: 1,
                kind,
                currency,
                open,
                base: open,
                disputed,
                document_date: day,
                due_date,
            });
        }
    }
    let mode = i.text("mode");
    let credits = match mode {
        _ if mode.starts_with("separate") => Credits::Separate,
        _ if mode.contains("oldest") => Credits::Oldest,
        _ => Credits::OwnDate,
    };
    let view = View { as_of: i.date("as_of"), basis: Basis::Due, credits, bands: Bands::default() };
    let report = aging::in_base(&items, &view);
    let gross: i64 = items.iter().filter(|item| item.kind == Kind::Debit).map(|item| item.open).sum();
    let mut out = json!({
        "credits": money_out(report.credits),
        "unapplied": money_out(report.unapplied),
        "gross": money_out(gross),
        "net": money_out(report.net),
    });
    for bucket in &report.buckets {
        out[bucket.label.replace("not due", "current")] = money_out(bucket.amount);
    }
    out
}

fn basis_compare(i: &In) -> Value {
    let as_of = i.date("as_of");
    let age = item::days_past_due(i.date("invoice_date"), as_of);
    let late = item::days_past_due(i.date("due"), as_of);
    let bands = Bands::default();
    json!({
        "age_invoice": age,
        "dpd": late,
        "bucket_invoice": bands.label(bands.index(age, Basis::Document), Basis::Document),
        "bucket_due": bucket(late),
    })
}
