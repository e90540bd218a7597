//! Which act changed a thing last: for telling somebody whose view of it is old what happened since, and by whom.

use rusqlite::ToSql;

use super::error::Result;
use super::tx::Tx;

/// A thing that acts change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing<'a> {
    /// What is open of an item, and what of it is disputed.
    Item(i64),
    /// A dispute.
    Dispute(i64),
    /// The master data of a customer.
    Customer(i64),
    /// A customer of this number.
    CustomerNumber(&'a str),
    /// A document of this kind and number.
    Document(i64, &'a str),
    /// Whether an allocation stands.
    Allocation(i64),
    /// A person: roles, limits, whether they may sign in.
    Person(&'a str),
    /// A setting of the company.
    Setting(&'a str),
    /// Which months are closed.
    Months,
    /// What is left of a payment of the bank.
    Payment(i64),
    /// Whether an act stands.
    Act(i64),
}

impl Tx<'_> {
    /// The last act that changed a thing, if it came after an act.
    pub fn changed_after(&self, thing: Thing<'_>, after: i64) -> Result<Option<i64>> {
        let found = match thing {
            Thing::Item(id) => self.newest(
                "SELECT max(act_id) FROM (SELECT act_id FROM allocation WHERE debit_item = $1 \
                 UNION ALL SELECT act_id FROM allocation WHERE credit_item = $1 \
                 UNION ALL SELECT s.act_id FROM dispute d JOIN dispute_step s ON s.dispute_id = d.id WHERE d.item_id = $1)",
                &[&id],
            )?,
            Thing::Dispute(id) => self.newest(
                "SELECT max(act_id) FROM (SELECT act_id FROM dispute_step WHERE dispute_id = $1 \
                 UNION ALL SELECT l.act_id FROM dispute d JOIN allocation l ON d.item_id IN (l.debit_item, l.credit_item) \
                 WHERE d.id = $1 AND l.act_id > $2)",
                &[&id, &after],
            )?,
            Thing::Customer(id) => {
                self.newest("SELECT max(act_id) FROM customer_version WHERE customer_id = $1", &[&id])?
            }
            Thing::CustomerNumber(number) => self.newest(
                "SELECT max(v.act_id) FROM customer c JOIN customer_version v ON v.customer_id = c.id WHERE c.number = $1",
                &[&number],
            )?,
            Thing::Document(kind, number) => {
                self.newest("SELECT max(act_id) FROM document WHERE number = $1 AND kind = $2", &[&number, &kind])?
            }
            Thing::Allocation(id) => self.newest("SELECT max(act_id) FROM allocation WHERE reverses = $1", &[&id])?,
            Thing::Person(login) => self.newest(
                "WITH who AS (SELECT id, act_id FROM person WHERE login = $1) \
                 SELECT max(act_id) FROM (SELECT act_id FROM who \
                 UNION ALL SELECT c.act_id FROM role_change c JOIN who ON who.id = c.person_id \
                 UNION ALL SELECT c.act_id FROM person_change c JOIN who ON who.id = c.person_id \
                 UNION ALL SELECT c.act_id FROM limit_change c JOIN who ON who.id = c.person_id)",
                &[&login],
            )?,
            Thing::Setting(key) => self.newest("SELECT max(act_id) FROM setting_change WHERE key = $1", &[&key])?,
            Thing::Months => self.newest("SELECT max(act_id) FROM period_step", &[])?,
            Thing::Payment(id) => self.last_act_on_payment(id)?,
            Thing::Act(act) => self.newest("SELECT max(id) FROM act WHERE undoes = $1", &[&act])?,
        };
        Ok(found.filter(|act| *act > after))
    }

    fn newest(&self, text: &str, values: &[&dyn ToSql]) -> Result<Option<i64>> {
        Ok(self.conn.prepare_cached(text)?.query_row(values, |row| row.get(0))?)
    }
}
