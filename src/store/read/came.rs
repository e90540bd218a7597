//! What came from a customer and waits for somebody: money in the bank that no rule could settle, and answers to our mails.
//! Who is about to call should know of it first. A payment counts for a customer when its payer has the customer's name
//! or pays from an account learnt as the customer's; that is a hint, and the queue of cash decides.

use std::collections::HashMap;
use std::rc::Rc;

use crate::domain::money::Money;
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::lookup::currency;

/// What of one customer waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came {
    /// Money in the bank that is not settled yet, by currency.
    pub cash: Vec<Money>,
    /// Answers to mails that nobody has decided.
    pub answers: u32,
}

impl Came {
    /// What to look at first instead of asking for money, in one word; `None` where nothing waits.
    pub fn first(&self) -> Option<&'static str> {
        match self {
            _ if self.answers > 0 => Some("answer"),
            _ if !self.cash.is_empty() => Some("cash"),
            _ => None,
        }
    }
}

/// Adds an amount to sums by currency.
fn add(sums: &mut Vec<Money>, sum: Money) {
    match sums.iter_mut().find(|known| known.currency == sum.currency) {
        Some(known) => known.minor += sum.minor,
        None => sums.push(sum),
    }
}

/// Everything that waits, by what tells whose it is.
#[derive(Default)]
pub(super) struct Waiting {
    /// Money by the folded name of its payer.
    names: HashMap<String, Vec<Money>>,
    /// By customer.
    customers: HashMap<i64, Came>,
}

impl Waiting {
    /// What of this customer waits.
    pub(super) fn of(&self, customer: i64, name: &str) -> Came {
        let mut came = self.customers.get(&customer).cloned().unwrap_or_default();
        if !self.names.is_empty()
            && let Some(named) = self.names.get(&fold(name))
        {
            named.iter().for_each(|sum| add(&mut came.cash, *sum));
        }
        came
    }
}

/// What waits in the whole book; kept until the book changes.
pub(super) fn waiting(reader: &Reader) -> Result<Rc<Waiting>> {
    reader.shared("", || {
        let mut out = Waiting::default();
        let mut answers = reader.conn.prepare_cached(
            "SELECT customer_id, count(*) FROM proposal WHERE state = 'open' AND customer_id IS NOT NULL \
             GROUP BY customer_id",
        )?;
        let mut rows = answers.query([])?;
        while let Some(row) = rows.next()? {
            out.customers.entry(row.get(0)?).or_default().answers = row.get(1)?;
        }
        // `left <> 0` is what the index of waiting payments says; without the words it is not used.
        // An account that was learnt for several customers says of none whose the money is.
        let mut payments = reader.conn.prepare_cached(
            "SELECT p.payer, p.currency, p.left, \
               (SELECT CASE WHEN count(*) = 1 THEN min(a.customer_id) END FROM alias_change a \
                WHERE a.kind = 'account' AND a.value = p.payer_account AND p.payer_account <> '' AND a.held = 1 \
                AND NOT EXISTS (SELECT 1 FROM alias_change b WHERE b.kind = a.kind AND b.value = a.value \
                  AND b.customer_id = a.customer_id AND b.id > a.id)) \
             FROM bank_payment p WHERE p.left <> 0 AND p.of_entry IS NOT NULL AND p.left > 0",
        )?;
        let mut rows = payments.query([])?;
        while let Some(row) = rows.next()? {
            let sum = Money::new(row.get(2)?, currency(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?));
            let payer = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            match row.get::<_, Option<i64>>(3)? {
                Some(customer) => add(&mut out.customers.entry(customer).or_default().cash, sum),
                None if !payer.is_empty() => add(out.names.entry(fold(payer)).or_default(), sum),
                None => {}
            }
        }
        Ok(out)
    })
}
