//! Vectors of payment terms and cash discounts.

use chrono::NaiveDate;
use o2c::domain::calendar::{self, Roll};
use o2c::domain::discount::{self, EarlyPayment, TaxMode, early_payment, percent_of};
use o2c::domain::item;
use o2c::domain::money;
use o2c::domain::terms::{self, Discount, Step, Terms};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::values::{In, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "due" => json!({"due": terms::walk(&steps(&In(i.raw("term"))), i.date("invoice_date"))}),
        "discount_date" => json!({"discount_until": offer(i, "days").until(i.date("invoice_date"))}),
        "bizroll" => {
            let holidays = i.dates("holidays").into_iter().collect();
            let to = |roll| calendar::roll(i.date("date"), roll, &holidays);
            json!({
                "following": to(Roll::Following),
                "modified_following": to(Roll::ModifiedFollowing),
                "preceding": to(Roll::Preceding),
            })
        }
        "instalments" => {
            let digits = i.int("minor") as u32;
            let total = money::to_minor(i.dec("total"), digits)?;
            let amounts = money::split(total, &i.decs("shares")).into_iter().map(|part| money::plain(part, digits));
            json!({"amounts": amounts.collect::<Vec<_>>()})
        }
        "instalment_dates" => json!({"dates": Terms::monthly(i.int("count") as u32).due_dates(i.date("anchor"))}),
        "discount_apr" => {
            let rate = discount::yearly_rate(i.dec("pct"), i.int("disc_days"), i.int("net_days"))?;
            json!({"simple_pct": rate.simple.to_string(), "effective_pct": rate.effective.to_string()})
        }
        "epd" => {
            let paid = early(i);
            json!({
                "invoice_total": money_out(paid.total),
                "pay_early": money_out(paid.pay_early),
                "disc_base": money_out(paid.net_discount),
                "disc_tax": money_out(paid.tax_discount),
            })
        }
        "epd_batch" => early_batch(i),
        "discount_earned" => discount_earned(i),
        "partial_discount" => {
            let part = discount::part_discount(i.cents("amount"), i.dec("disc_pct"), i.cents("paid"));
            json!({
                "ar_credited": money_out(part.credited),
                "discount": money_out(part.discount),
                "remaining": money_out(part.remaining),
            })
        }
        "ppd_vat" => {
            let net = i.cents("net");
            let paid = early_payment(net, i.dec("vat_pct"), 0, i.dec("disc_pct"), TaxMode::Included);
            let tax = paid.total - net;
            json!({
                "vat_full": money_out(tax),
                "vat_early": money_out(tax - paid.tax_discount),
                "total_full": money_out(paid.total),
                "total_early": money_out(paid.pay_early),
                "vat_adjust": money_out(paid.tax_discount),
            })
        }
        _ => return None,
    })
}

/// The steps of a term as the vectors name its kind.
fn steps(term: &In) -> Vec<Step> {
    let days = |key: &str| Step::AddDays(if term.has(key) { term.int(key) } else { 0 });
    match term.text("type") {
        "eom_then_days" => vec![Step::EndOfMonth, days("days")],
        "days_then_eom" => vec![days("days"), Step::EndOfMonth],
        "months" => vec![Step::AddMonths(term.int("months") as i32)],
        "prox" => {
            let cut_off = if term.has("cutoff") { term.int("cutoff") as u32 } else { 31 };
            vec![Step::Proximo { day: term.int("day") as u32, months: term.int("months") as i32, cut_off }]
        }
        // Every other kind is days, then the next such day of the month when one is named.
        _ => {
            let count = if term.has("min_days") { "min_days" } else { "days" };
            let mut steps = vec![days(count)];
            let day = ["day", "dom", "day_of_month"].into_iter().find(|key| term.has(key));
            steps.extend(day.map(|key| Step::DayOfMonth(term.int(key) as u32)));
            steps
        }
    }
}

fn offer(i: &In, days: &str) -> Discount {
    let percent = if i.has("disc_pct") { i.dec("disc_pct") } else { Decimal::ZERO };
    Discount { percent, days: i.int(days), grace: if i.has("grace") { i.int("grace") } else { 0 } }
}

fn mode(i: &In) -> TaxMode {
    match i.text("mode") {
        "included" => TaxMode::Included,
        "excluded" => TaxMode::Excluded,
        "mixed" => TaxMode::Mixed,
        other => panic!("unknown tax mode {other}"),
    }
}

fn early(i: &In) -> EarlyPayment {
    early_payment(i.cents("net"), i.dec("tax_pct"), i.cents("fixed_tax"), i.dec("disc_pct"), mode(i))
}

fn early_batch(i: &In) -> Value {
    let (mut total, mut taken) = (0, 0);
    for row in i.rows("invoices") {
        let paid = early_payment(row.cents("net"), row.dec("tax_pct"), 0, i.dec("disc_pct"), mode(i));
        total += paid.total;
        if i.date("pay_date") <= offer(i, "disc_days").until(row.date("date")) {
            taken += paid.discount();
        }
    }
    json!({"ar": money_out(total), "discount": money_out(taken), "cash": money_out(total - taken)})
}

fn discount_earned(i: &In) -> Value {
    let offer = offer(i, "disc_days");
    let deadline: NaiveDate = offer.until(i.date("invoice_date"));
    let earned = item::days_past_due(deadline, i.date("pay_date")) <= 0;
    let discount = if earned { percent_of(i.cents("amount"), offer.percent) } else { 0 };
    json!({
        "deadline": deadline,
        "earned": earned,
        "discount": money_out(discount),
        "match": i.cents("receipt") + discount == i.cents("amount"),
    })
}
