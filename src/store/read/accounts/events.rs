//! What happened that calls an account back to the list, whatever follow-up date was set before: a promise broken, a plan in
//! default, an instalment due, a dispute rejected.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};

use super::load::Loading;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;

/// An event of an account, by its place.
struct Event {
    place: usize,
    day: NaiveDate,
    /// The act that did it; without one it came with the morning of its day.
    act: Option<i64>,
}

/// Events as they are found.
#[derive(Default)]
pub(super) struct Events(Vec<Event>);

impl Events {
    /// One that came with the morning of a day.
    pub(super) fn on_day(&mut self, place: usize, day: Option<NaiveDate>) {
        self.0.extend(day.map(|day| Event { place, day, act: None }));
    }

    /// Keeps with each account when the last of them was, and whether it was after what hides the account now was set.
    /// Only accounts that are hidden and have an event are asked for what hides them.
    pub(super) fn call_back(&self, reader: &Reader, all: &mut Loading) -> Result<()> {
        let today = all.today();
        let mut statement = reader.conn.prepare_cached(
            "SELECT a.on_date, a.act_id FROM activity a WHERE a.customer_id = $1 AND a.takes_back IS NULL \
             AND (a.next_on IS NOT NULL OR a.kind = 'done') \
             AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id) ORDER BY a.id DESC LIMIT 1",
        )?;
        let mut set: HashMap<usize, Option<(NaiveDate, i64)>> = HashMap::new();
        for event in &self.0 {
            let figures = all.figures(event.place);
            figures.event_on = figures.event_on.max(Some(event.day));
            let hidden = figures.done_on == Some(today) || figures.next_on.is_some_and(|next| next > today);
            if !hidden || figures.called_back {
                continue;
            }
            let by = match set.get(&event.place) {
                Some(known) => *known,
                None => {
                    let mut rows = statement.query([figures.id])?;
                    let found = rows
                        .next()?
                        .map(|row| -> rusqlite::Result<_> { Ok((read(row.get_ref(0)?.as_str()?), row.get(1)?)) });
                    *set.entry(event.place).or_insert(found.transpose()?)
                }
            };
            figures.called_back = by.is_none_or(|(on, act)| match event.act {
                Some(did) => did > act,
                None => event.day > on,
            });
        }
        Ok(())
    }
}

/// Open cases, and those decided lately and not told the customer yet: of which something is the customer's to pay after
/// all, and of which something was granted. What was paid is no reason to call.
pub(super) fn disputes(reader: &Reader, all: &mut Loading, only: &str, events: &mut Events) -> Result<()> {
    let since = iso(all.today() - Duration::days(14));
    let mut statement = reader.conn.prepare(&format!(
        "SELECT customer_id, state, decided_on, coalesce((SELECT sum(CASE what WHEN 'charged back' THEN amount \
         WHEN 'collected' THEN amount * ((SELECT open FROM item WHERE id = item_id) > 0) ELSE 0 END) \
         FROM dispute_effect WHERE dispute_id = dispute.id), amount - accepted) > 0, \
         coalesce((SELECT sum(CASE WHEN what IN ('credited', 'promotion', 'written off') THEN amount ELSE 0 END) \
         FROM dispute_effect WHERE dispute_id = dispute.id), accepted) > 0, id FROM dispute \
         WHERE (state NOT IN ('closed', 'void', 'confirmed') OR decided_on >= $1) {only}",
    ))?;
    let mut decided = reader.conn.prepare_cached(DECIDED)?;
    let mut told = reader.conn.prepare_cached(TOLD)?;
    let mut rows = statement.query([since.as_str()])?;
    while let Some(row) = rows.next()? {
        let customer: i64 = row.get(0)?;
        let Some(place) = all.place(customer) else { continue };
        let account = all.figures(place);
        let state: String = row.get(1)?;
        match state.as_str() {
            "closed" | "confirmed" => {
                let (rejected, granted): (bool, bool) = (row.get(3)?, row.get(4)?);
                let Some(day) = row.get::<_, Option<String>>(2)? else { continue };
                let act: i64 = decided.query_row([row.get::<_, i64>(5)?], |row| row.get(0))?;
                if !(rejected || granted) || told.exists(rusqlite::params![customer, day, act])? {
                    continue;
                }
                if rejected {
                    account.dispute_rejected = true;
                    events.0.push(Event { place, day: read(&day), act: Some(act) });
                } else {
                    account.dispute_answered = true;
                }
            }
            "void" => {}
            _ => account.disputes = account.disputes.saturating_add(1),
        }
    }
    Ok(())
}

/// The act that closed a case: the first of those steps after which it was not open again.
const DECIDED: &str = "SELECT coalesce(min(act_id), 0) FROM dispute_step WHERE dispute_id = $1 \
     AND version > coalesce((SELECT max(version) FROM dispute_step WHERE dispute_id = $1 \
     AND state NOT IN ('closed', 'confirmed')), 0)";

/// Whether somebody spoke to a customer from a day on and after an act.
const TOLD: &str = "SELECT 1 FROM activity a WHERE a.customer_id = $1 AND a.on_date >= $2 AND a.act_id > $3 \
     AND a.kind IN ('call', 'e-mail', 'visit', 'meeting', 'portal', 'agency') AND a.takes_back IS NULL \
     AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id)";
