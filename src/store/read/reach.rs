//! Which customers can be written to, called, or have a note: what `has:email`, `has:phone` and `has:note` ask. Read
//! only where a filter asks, so that nobody else pays for it.

use std::collections::HashSet;

use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::error::Result;

/// Ids of customers by what they have; empty for what the filter does not ask about.
#[derive(Debug, Default)]
pub struct Reach {
    email: HashSet<i64>,
    phone: HashSet<i64>,
    note: HashSet<i64>,
}

impl Reach {
    /// What this filter needs to know.
    pub fn asked(reader: &Reader, filter: &Filter) -> Result<Reach> {
        let ids = |flag: &str, sql: &str| -> Result<HashSet<i64>> {
            if !filter.asks_for(flag) {
                return Ok(HashSet::new());
            }
            let mut statement = reader.conn.prepare_cached(sql)?;
            let ids = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok(ids)
        };
        Ok(Reach {
            email: ids("email", "SELECT id FROM customer WHERE email <> ''")?,
            phone: ids("phone", "SELECT id FROM customer WHERE phone <> ''")?,
            // A note that was taken back is none.
            note: ids(
                "note",
                "SELECT DISTINCT a.customer_id FROM activity a WHERE a.kind = 'note' AND a.takes_back IS NULL \
                 AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id)",
            )?,
        })
    }

    /// Whether a customer has what the flag names.
    pub fn has(&self, flag: &str, customer: i64) -> bool {
        match flag {
            "email" => self.email.contains(&customer),
            "phone" => self.phone.contains(&customer),
            _ => self.note.contains(&customer),
        }
    }
}
