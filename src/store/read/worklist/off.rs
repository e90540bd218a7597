//! Why a customer is not on today's list, what keeps its amounts from being collected, and from when on that changes.

use chrono::NaiveDate;

use super::super::accounts::{Figures, accounts, leeway};
use super::super::disputes::dispute;
use super::{Hidden, Question, hidden, in_force, row};
use crate::domain::calendar::add_days;
use crate::domain::money::{self, NumberStyle};
use crate::domain::plan;
use crate::domain::strategy::Strategy;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::mail::NEVER_LEFT;
use crate::store::plans::{Which, plans_of};

/// Why a customer is not on the list, and from when on that changes.
pub fn why_not(reader: &Reader, question: &Question, customer: i64) -> Result<Option<String>> {
    let all = accounts(reader, question.today)?;
    let Some(account) = all.get(customer) else { return Ok(None) };
    let today = question.today;
    let strategies = in_force(reader, today)?;
    let strategy = strategies.of(customer);
    let reason = match hidden(&account, today, strategy) {
        Some(Hidden::Done) => "set aside for today; it comes back tomorrow".to_owned(),
        Some(Hidden::FollowUp(next)) => format!("waiting for its follow-up on {}", long(next)),
        Some(Hidden::Contacted(_)) if strategy.contact_gap_days < 2 => {
            "contacted today; it comes back tomorrow".to_owned()
        }
        Some(Hidden::Contacted(ends)) => format!(
            "contacted within {} days, which the strategy {} leaves in peace; it comes back {}",
            strategy.contact_gap_days,
            strategy.name,
            long(ends)
        ),
        None if row(&account, question, &strategies).is_some() => return Ok(None),
        None => unlisted(reader, &account, question, strategy)?,
    };
    Ok(Some(reason))
}

fn long(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}

/// Why nothing earns a customer a point, and from when on that changes.
fn unlisted(reader: &Reader, account: &Figures, question: &Question, strategy: &Strategy) -> Result<String> {
    let today = question.today;
    let shown =
        |minor: i64| format!("{} {}", money::grouped(minor, question.base.digits(), NumberStyle::Point), question.base);
    let (collect, name) = (account.to_collect(), &strategy.name);
    let kept = kept_back(reader, account, today, &shown)?;
    let next = account.next_due.map(|(due, _)| (due, format!("the next item is due {}", long(due))));
    let minimum = strategy.minimum.saturating_mul(10i64.pow(question.base.digits()));
    if collect > 0 && collect <= minimum {
        let sums = (shown(collect), shown(minimum));
        let change = kept.into_iter().filter_map(|one| one.until).chain(next).min();
        let change = change.map_or(String::new(), |(_, words)| format!("; {words}"));
        return Ok(format!("{} to collect is not above the {} of the strategy {name}{change}", sums.0, sums.1));
    }
    if let Some(due) = account.oldest_due.filter(|_| collect > 0 && account.oldest_days(today) < strategy.min_days) {
        let from = add_days(due, strategy.min_days);
        return Ok(format!(
            "the strategy {name} lists from {} days past due; that is {}",
            strategy.min_days,
            long(from)
        ));
    }
    if !kept.is_empty() {
        let parts: Vec<String> = kept.into_iter().map(KeptBack::sentence).collect();
        return Ok(format!("{}; nothing else is to collect", parts.join("; ")));
    }
    Ok(match next {
        Some((_, words)) => format!("nothing to do now; {words}"),
        None if account.no_rate && account.oldest_days(today) > 0 => {
            "what is overdue has no rate, and is disputed, promised, on hold or in a letter in time".to_owned()
        }
        None if account.no_rate => "credits without a rate are open, and nothing is due".to_owned(),
        None => "nothing is open".to_owned(),
    })
}

/// An overdue amount that is not to collect now.
struct KeptBack {
    /// How much, and why.
    what: String,
    /// The day that changes, and how, where there is one.
    until: Option<(NaiveDate, String)>,
}

impl KeptBack {
    fn sentence(self) -> String {
        self.until.map_or(self.what.clone(), |(_, words)| format!("{}; {words}", self.what))
    }
}

/// What keeps overdue amounts of a customer from being collected now.
fn kept_back(
    reader: &Reader,
    account: &Figures,
    today: NaiveDate,
    shown: &dyn Fn(i64) -> String,
) -> Result<Vec<KeptBack>> {
    let mut kept = Vec::new();
    if account.disputed_overdue > 0 {
        let what = format!("{} past due is disputed", shown(account.disputed_overdue));
        kept.push(KeptBack { what, until: decided(reader, account.id, today)? });
    }
    if account.promised_overdue > 0 {
        let what =
            format!("{} past due is promised or in a payment plan in good standing", shown(account.promised_overdue));
        let until = promised(reader, account.id, today)?.into_iter().chain(planned(reader, account.id, today)?).min();
        kept.push(KeptBack { what, until });
    }
    if account.held_overdue > 0 {
        let what = format!("{} past due is on hold", shown(account.held_overdue));
        let until = last_day(
            reader,
            "SELECT min(h.until_date) FROM dunning_hold h WHERE h.customer_id = $1 AND h.until_date >= $2 \
             AND h.from_date <= $2 AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id)",
            (account.id, today),
        )?;
        let lifted = |what| format!("{what} until it is lifted");
        kept.push(match until {
            Some(day) => KeptBack { what, until: Some((day, format!("the hold ends on {}", long(day)))) },
            None => KeptBack { what: lifted(what), until: None },
        });
    }
    if account.asked_overdue > 0 {
        let what = format!("{} past due is asked for by a letter that still gives time", shown(account.asked_overdue));
        let text = format!(
            "SELECT min(t.pay_by) FROM letter t WHERE t.customer_id = $1 AND t.pay_by >= $2 AND NOT {NEVER_LEFT}"
        );
        let until = last_day(reader, &text, (account.id, today))?;
        let until = until.map(|day| (day, format!("it asks for payment by {}", long(day))));
        kept.push(KeptBack { what, until });
    }
    Ok(kept)
}

fn last_day(reader: &Reader, sql: &str, (customer, today): (i64, NaiveDate)) -> Result<Option<NaiveDate>> {
    let found: Option<String> = reader
        .conn
        .prepare_cached(sql)?
        .query_row(rusqlite::params![customer, iso(today).as_str()], |row| row.get(0))?;
    Ok(found.as_deref().map(read))
}

/// The open case of a customer that is to be decided first.
fn decided(reader: &Reader, customer: i64, today: NaiveDate) -> Result<Option<(NaiveDate, String)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT id FROM dispute WHERE customer_id = $1 AND state NOT IN ('closed', 'void', 'confirmed') ORDER BY id",
    )?;
    let ids: Vec<i64> = statement.query_map([customer], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut first: Option<(NaiveDate, String)> = None;
    for id in ids {
        let Some(case) = dispute(reader, today, id)? else { continue };
        let day = case.row.clock.decide_by;
        let late = if day < today { " (late)" } else { "" };
        let words = format!("{} is to be decided by {}{late}", case.row.number, long(day));
        first = first.into_iter().chain([(day, words)]).min();
    }
    Ok(first)
}

/// The earliest day something open is promised for.
fn promised(reader: &Reader, customer: i64, today: NaiveDate) -> Result<Option<(NaiveDate, String)>> {
    let first = leeway(&reader.conn)?.earliest_open(today);
    let day = last_day(
        reader,
        "SELECT min(p.promised_on) FROM promise p JOIN item i ON i.id = p.item_id WHERE p.customer_id = $1 \
         AND p.promised_on >= $2 AND p.ended_on IS NULL AND i.open <> 0",
        (customer, first),
    )?;
    Ok(day.map(|day| (day, format!("the promise is for {}", long(day)))))
}

/// The next instalment of plans in good standing.
fn planned(reader: &Reader, customer: i64, today: NaiveDate) -> Result<Option<(NaiveDate, String)>> {
    let stored = plans_of(reader, Which::Live(Some(&[customer])))?;
    let standing = stored.iter().map(|one| one.plan.standing(today)).filter(|now| now.state == plan::State::Good);
    let next = standing.filter_map(|now| now.next).map(|(day, _)| day).min();
    Ok(next.map(|day| (day, format!("the next instalment is due {}", long(day)))))
}
