//! Vectors of invoice arithmetic and order states.

use o2c::domain::invoice::{self, OrderLine, Parts, TaxBase};
use o2c::domain::money::{self, Currency};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::values::{In, cents, dec, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "en16931" => en16931(i),
        "sum_lines" => json!({"total": money_out(i.list("lines").iter().map(cents).sum())}),
        "tax_rounding" => {
            let lines: Vec<i64> = i.list("lines").iter().map(cents).collect();
            let rate = i.dec("rate_pct");
            let document = TaxBase { amount: lines.iter().sum(), rate }.tax();
            json!({"per_line": money_out(invoice::tax_per_line(&lines, rate)), "per_document": money_out(document)})
        }
        "round_modes" => {
            let value = i.dec("value");
            let down = value.round_dp_with_strategy(2, RoundingStrategy::ToZero);
            json!({"down": down.to_string(), "half_up": money_out(money::to_minor(value, 2)?)})
        }
        "order_state" => order_state(i),
        "gaps" => json!({"missing": invoice::gaps(&i.ints("issued"), &i.ints("voided"))}),
        "credit_rebill" => {
            let amount = |price: &str| invoice::line_net(i.dec("qty"), i.dec(price), Decimal::ONE, 2);
            let (wrong, right) = (amount("wrong")?, amount("right")?);
            json!({
                "original": money_out(wrong),
                "credit": money_out(-wrong),
                "rebill": money_out(right),
                "net_effect": money_out(right - wrong),
            })
        }
        "cash_rounding" => {
            let step = i.cents("step");
            let rounded = |total: &Value| invoice::cash_rounded(cents(total), step);
            let payable = i.list("totals").iter().map(|total| money_out(rounded(total)));
            let added = i.list("totals").iter().map(|total| money_out(rounded(total) - cents(total)));
            json!({"payable": payable.collect::<Vec<_>>(), "bt114": added.collect::<Vec<_>>()})
        }
        "line_net" => {
            let digits = i.int("minor") as u32;
            let net = invoice::line_net(i.dec("qty"), i.dec("price"), i.dec("base_qty"), digits)?;
            json!({"net": money::plain(net, digits)})
        }
        "minor_units" => {
            let rounded = |row: &Value| {
                let digits = Currency::parse(row[1].as_str().expect("a code")).expect("a currency").digits();
                money::plain(money::to_minor(dec(&row[0]), digits).expect("fits"), digits)
            };
            json!({"rounded": i.list("values").iter().map(rounded).collect::<Vec<_>>()})
        }
        _ => return None,
    })
}

fn en16931(i: &In) -> Value {
    let tax = |row: &Value| TaxBase { amount: cents(&row[0]), rate: dec(&row[1]) };
    let parts = Parts {
        lines: i.cents("lines_total"),
        allowances: i.cents("allow"),
        charges: i.cents("charge"),
        tax: i.list("vat").iter().map(tax).collect(),
        prepaid: i.cents("prepaid"),
        rounding: i.cents("rounding"),
    };
    let totals = invoice::totals(&parts);
    json!({
        "tax": parts.tax.iter().map(|base| money_out(base.tax())).collect::<Vec<_>>(),
        "vat_total": money_out(totals.tax),
        "excl": money_out(totals.net),
        "incl": money_out(totals.gross),
        "payable": money_out(totals.payable),
    })
}

fn order_state(i: &In) -> Value {
    let line = OrderLine { ordered: i.dec("ordered"), delivered: i.dec("delivered"), billed: i.dec("billed") };
    json!({
        "pct_delivered": line.percent(line.delivered).to_string(),
        "pct_billed": line.percent(line.billed).to_string(),
        "to_bill_now": line.to_bill().to_string(),
        "backorder": line.backorder().to_string(),
        "state": line.state().replace(' ', "_"),
    })
}
