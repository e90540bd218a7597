//! Figures of the way from order to invoice: right first time, billing against shipping, perfect order, completion
//! (section 3, numbers 20 to 24).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Kpi, Unit};

/// Right-first-time billing (20): invoices not corrected for our own error, of those issued.
pub fn right_first_time(issued: u32, corrected: u32) -> Kpi {
    let right = Decimal::from(issued) - Decimal::from(corrected);
    Kpi::percent("Right first time", ("not corrected", right), ("issued", Decimal::from(issued)))
}

/// A shipped line and how it was billed (21).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShippedLine {
    /// Quantity shipped.
    pub shipped: Decimal,
    /// Quantity billed so far.
    pub billed: Decimal,
    /// Unit price of the order.
    pub order_price: Decimal,
    /// Unit price on the invoice, when billed.
    pub billed_price: Option<Decimal>,
    /// Days from shipment to invoice, when billed.
    pub lag: Option<i64>,
}

impl ShippedLine {
    /// Whether quantity, price and billing date match shipment and order.
    pub fn is_right(&self, max_lag: i64) -> bool {
        self.billed == self.shipped
            && self.billed_price == Some(self.order_price)
            && self.lag.is_some_and(|lag| lag <= max_lag)
    }
}

/// Billing-to-shipping accuracy (21): lines billed right, of lines shipped.
pub fn billing_accuracy(lines: &[ShippedLine], max_lag: i64) -> Kpi {
    let right = lines.iter().filter(|line| line.is_right(max_lag)).count();
    let shipped = ("lines shipped", Decimal::from(lines.len()));
    Kpi::percent("Billing-to-shipping accuracy", ("lines billed right", Decimal::from(right)), shipped)
}

/// Value shipped and not billed, at order prices (21), in whole units of the currency of the prices.
pub fn unbilled_value(lines: &[ShippedLine]) -> Decimal {
    lines.iter().map(|line| (line.shipped - line.billed).max(Decimal::ZERO) * line.order_price).sum()
}

/// Perfect orders (22): orders that failed no test, of all orders. `fails` lists the orders failing each test.
pub fn perfect_orders(orders: usize, fails: &[Vec<i64>]) -> Kpi {
    let failed: BTreeSet<i64> = fails.iter().flatten().copied().collect();
    let perfect = Decimal::from(orders.saturating_sub(failed.len()));
    Kpi::percent("Perfect orders", ("orders without a fault", perfect), ("orders", Decimal::from(orders)))
}

/// The product of pass rates (22): the other definition in use, which treats the tests as independent.
pub fn product_of_rates(rates: &[Decimal]) -> Kpi {
    let value = if rates.is_empty() { None } else { Some(rates.iter().product::<Decimal>() * Decimal::ONE_HUNDRED) };
    let factors: Vec<String> = rates.iter().map(Decimal::to_string).collect();
    let formula = format!("{} x 100", factors.join(" x "));
    Kpi::new("Product of rates", Unit::Percent, Vec::new(), &formula, value)
}

/// An order and how far it got (24).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderProgress {
    /// The date promised.
    pub promised: NaiveDate,
    /// Percent delivered.
    pub delivered: Decimal,
    /// Percent billed.
    pub billed: Decimal,
}

/// Order completion (24): orders fully delivered and billed, of orders promised for the period (both days included).
pub fn order_completion(orders: &[OrderProgress], from: NaiveDate, to: NaiveDate) -> Kpi {
    let whole = Decimal::ONE_HUNDRED;
    let due: Vec<_> = orders.iter().filter(|order| (from..=to).contains(&order.promised)).collect();
    let complete = due.iter().filter(|order| order.delivered >= whole && order.billed >= whole).count();
    let due = ("orders due", Decimal::from(due.len()));
    Kpi::percent("Order completion", ("complete", Decimal::from(complete)), due)
}
