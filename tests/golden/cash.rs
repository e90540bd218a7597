//! Vectors of cash application: references, matching, tolerances, exchange differences, tax relief.

use o2c::domain::allocation::{self, Combination, OpenDebit, Tolerance};
use o2c::domain::fx::Carried;
use o2c::domain::invoice;
use o2c::domain::money::Currency;
use o2c::domain::reference::{self, ReceiptFacts};
use serde_json::{Value, json};

use super::values::{In, cents, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    references(rule, i).or_else(|| matching(rule, i)).or_else(|| differences(rule, i))
}

fn references(rule: &str, i: &In) -> Option<Value> {
    let check: fn(&str) -> bool = match rule {
        "rf_valid" => reference::is_rf,
        "be_valid" => reference::is_belgian,
        "fi_valid" => reference::is_finnish,
        "luhn_valid" => reference::is_luhn,
        "qrr_valid" => reference::is_qrr,
        "rf_make" => return Some(json!({"ref": reference::rf(i.text("base"))?})),
        "dup" => {
            let (a, b) = (In(i.raw("a")), In(i.raw("b")));
            return Some(json!({"suspect": reference::suspect_twice(receipt(&a), receipt(&b), i.int("days"))}));
        }
        _ => return None,
    };
    let valid = i.list("refs").iter().map(|text| check(text.as_str().expect("a reference")));
    Some(json!({"valid": valid.collect::<Vec<_>>()}))
}

fn receipt<'a>(i: &In<'a>) -> ReceiptFacts<'a> {
    ReceiptFacts {
        payer: i.text("payer"),
        amount: i.cents("amt"),
        currency: Currency::parse(i.text("ccy")).expect("a currency"),
        date: i.date("date"),
        reference: i.text("ref"),
    }
}

fn matching(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "oldest_first" => {
            let rows = i.rows("invoices");
            let proposal = allocation::oldest_first(i.cents("receipt"), &debits(&rows), i.flag("partial"));
            let name = |item: i64| rows[item as usize].raw("id").clone();
            let applied = proposal.shares.iter().map(|share| json!([name(share.item), money_out(share.amount)]));
            json!({"applied": applied.collect::<Vec<_>>(), "unapplied": money_out(proposal.remainder)})
        }
        "exact_match" => {
            let debits: Vec<OpenDebit> = i.rows("invoices").iter().map(|row| debit(row.int("id"), row)).collect();
            let hits = allocation::exact(i.cents("receipt"), &debits);
            json!({"pick": hits.first(), "candidates": hits.len()})
        }
        "combination" => combination(i),
        _ => return None,
    })
}

/// Debits numbered by their place, because the vectors name some by letters.
fn debits(rows: &[In]) -> Vec<OpenDebit> {
    rows.iter().enumerate().map(|(place, row)| debit(place as i64, row)).collect()
}

fn debit(id: i64, row: &In) -> OpenDebit {
    OpenDebit { id, open: row.cents("open"), disputed: 0, due: row.date("due") }
}

fn combination(i: &In) -> Value {
    let rows = i.list("invoices");
    let due = "2026-01-01".parse().expect("a date");
    let debit = |(place, row): (usize, &Value)| OpenDebit { id: place as i64, open: cents(&row[1]), disputed: 0, due };
    let debits: Vec<OpenDebit> = rows.iter().enumerate().map(debit).collect();
    let names = |set: &Vec<i64>| set.iter().map(|item| rows[*item as usize][0].clone()).collect::<Vec<_>>();
    let (matches, status) = match allocation::combination(i.cents("receipt"), &debits, i.int("max") as usize) {
        Combination::None => (Vec::new(), "none"),
        Combination::GaveUp => (Vec::new(), "gave_up"),
        Combination::Unique(set) => (vec![names(&set)], "unique"),
        Combination::Ambiguous(sets) => (sets.iter().map(names).collect(), "ambiguous"),
    };
    json!({"matches": matches, "status": status})
}

fn differences(rule: &str, i: &In) -> Option<Value> {
    let booked = |i: &In| Carried::booked(i.cents("txn"), Currency::USD, Currency::EUR, i.dec("booked"));
    Some(match rule {
        "tolerance" => {
            let (amount, difference) = (i.cents("invoice"), i.cents("invoice") - i.cents("paid"));
            let tolerance = Tolerance { absolute: i.cents("abs"), percent: i.dec("pct") };
            let auto = tolerance.accepts(amount, difference);
            json!({"diff": money_out(difference.abs()), "limit": money_out(tolerance.limit(amount)), "auto": auto})
        }
        "two_tolerances" => {
            let limit = i.cents("user_limit").min(i.cents("customer_limit"));
            let auto = i.list("diff").iter().map(|diff| cents(diff).abs() <= limit);
            json!({"limit": money_out(limit), "auto": auto.collect::<Vec<_>>()})
        }
        "residual" => {
            let (item, paid) = (i.cents("invoice"), i.cents("paid"));
            json!({
                "partial": {"open_items": allocation::partial_payment(item, paid).map(money_out)},
                "residual": {"open_items": [money_out(allocation::residual_item(item, paid))]},
            })
        }
        "fx_settle" => {
            let booked = booked(i)?;
            let (closing, unrealised) = booked.revalued(i.dec("closing"))?;
            let settled = closing.settle(booked.amount, i.dec("settle"))?;
            json!({
                "booked": money_out(booked.base),
                "closing": money_out(closing.base),
                "cash": money_out(settled.cash),
                "unrealised": money_out(unrealised),
                "on_settlement": money_out(settled.realised),
                "total": money_out(unrealised + settled.realised),
            })
        }
        "fx_partial" => {
            let settled = booked(i)?.settle(i.cents("settle_txn"), i.dec("settle"))?;
            json!({
                "cash": money_out(settled.cash),
                "ar_relieved": money_out(settled.relieved),
                "realised": money_out(settled.realised),
                "open_txn": money_out(settled.rest.amount),
                "open_base": money_out(settled.rest.base),
            })
        }
        "vat_bdr" => {
            let relief = invoice::bad_debt_relief(i.cents("outstanding"), i.int("vat_num"), i.int("vat_den"));
            json!({"relief": money_out(relief)})
        }
        "bdr_window" => {
            let (from, until) = invoice::relief_window(i.date("due"), i.date("supply"));
            json!({"from": from, "until": until})
        }
        _ => return None,
    })
}
