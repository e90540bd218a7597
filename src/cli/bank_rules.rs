//! `o2c bank rule`: rules for entries the bank's codes do not settle, tried on what is in the book before they count.

use super::admin;
use super::bank;
use super::bank_args::RuleVerb;
use super::out::{Cell, Listing};
use super::session::Session;
use super::stop::Stop;
use crate::acts::Act;
use crate::acts::bank_rules::{RuleChange, words};
use crate::domain::bank::EntryKind;
use crate::domain::bank_rule::Pattern;
use crate::store::Reader;
use crate::store::read::bank_rules::{self as rules, Met};

/// Most payments listed of what a pattern meets, where nothing else is asked.
const MOST: usize = 50;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &RuleVerb) -> Result<(), Stop> {
    match verb {
        RuleVerb::Add { text, account, kind, change } => {
            session.may_write()?;
            let account = of(&session.reader()?, account.as_deref())?;
            let change_to = RuleChange { text: text.clone(), account, kind: kind.kind(), held: true };
            admin::perform(session, change, Act::SetBankRule(change_to))
        }
        RuleVerb::Remove { text, account, change } => {
            session.may_write()?;
            let reader = session.reader()?;
            let account = of(&reader, account.as_deref())?;
            // Where there is no such rule the act says so.
            let known = read(text).ok().map(|pattern| rules::find(&reader, &pattern, account)).transpose()?.flatten();
            let kind = known.map_or(EntryKind::Other, |rule| rule.kind);
            let change_to = RuleChange { text: text.clone(), account, kind, held: false };
            admin::perform(session, change, Act::SetBankRule(change_to))
        }
        RuleVerb::List { form } => list(&session.reader()?)?.print(form.form()),
        RuleVerb::Try { text, account, limit, form } => {
            let reader = session.reader()?;
            let pattern = read(text)?;
            let most = limit.map_or(MOST, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
            let tried = rules::tried(&reader, &pattern, of(&reader, account.as_deref())?, most)?;
            let foot = vec![format!(
                "Of what the bank's codes left open it meets {}, of which {} wait. Nothing was changed.",
                tried.count, tried.waiting
            )];
            let total = tried.count;
            let rows = tried.newest.into_iter().map(cells).collect();
            let columns = &["payment", "booked", "amount", "currency", "kind", "payer", "text", "not_settled"];
            Listing { columns, rows, total, foot }.print(form.form())
        }
    }
}

fn read(text: &str) -> Result<Pattern, Stop> {
    Pattern::read(text)
        .map_err(|why| Stop::refused("BNK-10", format!("The text names no entries: {why}. Nothing was done.")))
}

/// The account of this name or number, where one is named.
fn of(reader: &Reader, account: Option<&str>) -> Result<Option<i64>, Stop> {
    account.map(|name| bank::find(reader, name)).transpose()
}

fn list(reader: &Reader) -> Result<Listing<'static>, Stop> {
    let found = rules::list(reader)?;
    let total = found.len() as u64;
    let foot = match total {
        0 => vec!["There is none; o2c bank rule try PATTERN shows what one would meet.".to_owned()],
        _ => vec!["They count from the next file on, where the bank's codes do not settle an entry.".to_owned()],
    };
    let cells = |rule: rules::RuleLine| {
        let account = if rule.account.is_empty() { Cell::Nothing } else { Cell::Text(rule.account) };
        vec![Cell::Text(rule.text), account, rule.kind.word().into(), words(rule.kind).into()]
    };
    let columns = &["text", "account", "kind", "means"];
    Ok(Listing { columns, rows: found.into_iter().map(cells).collect(), total, foot })
}

fn cells(met: Met) -> Vec<Cell> {
    vec![
        Cell::Number(met.id),
        Cell::Date(met.booked),
        Cell::Amount(met.amount, met.currency),
        met.currency.code().into(),
        met.kind.word().into(),
        Cell::Text(met.payer),
        Cell::Text(met.text),
        Cell::Amount(met.left, met.currency),
    ]
}
