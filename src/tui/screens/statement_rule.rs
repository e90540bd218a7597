//! A rule made out of an entry that waits, by key: which text names such entries, on which account, what they are; then
//! what it would have met so far, and the review.

use super::actions::{Reviewed, review};
use crate::acts::Act;
use crate::acts::bank_rules::{RuleChange, words};
use crate::domain::bank::EntryKind;
use crate::domain::bank_rule::Pattern;
use crate::domain::money::Money;
use crate::store::read::bank::{self, StatementLine};
use crate::store::read::bank_rules::{Met, Tried, tried};
use crate::tui::app::overlay::{Field, Form, Kind};
use crate::tui::app::{Answer, CmdId, Ctx, Effect};
use crate::tui::ui::text::{self, amount_with_currency};

/// Name of the command.
pub(super) const ID: CmdId = "bank.rule";
/// Names under which the screen hears of a rule being made.
pub(super) const NAMES: [&str; 1] = ["rule.tried"];
/// Payments listed of what it would have met.
const LISTED: usize = 5;
/// What an entry can be said to be, the usual one first.
const KINDS: [EntryKind; 6] = [
    EntryKind::Charge,
    EntryKind::Transfer,
    EntryKind::Interest,
    EntryKind::Receipt,
    EntryKind::Return,
    EntryKind::Other,
];

/// A rule that was put together, with what it would have met.
struct Wanted {
    pattern: Pattern,
    account: Option<i64>,
    place: String,
    kind: EntryKind,
    tried: Tried,
}

/// The form, filled with what the bank wrote.
pub(super) fn form(said: &str, line: &StatementLine) -> Vec<Effect> {
    let kinds = KINDS.map(EntryKind::word);
    let (here, every) = (format!("only {}", line.account), "every account".to_owned());
    let (name, places) = (line.account.clone(), [here.clone(), every]);
    let save = move |values: &[String]| {
        let pattern = Pattern::read(&values[0]).map_err(|why| (0, why))?;
        let kind = EntryKind::parse(&values[1]).unwrap_or(EntryKind::Other);
        let only = (values[2] == here).then(|| name.clone());
        Ok(vec![Effect::ask(NAMES[0], move |reader| {
            let known = bank::accounts(reader)?;
            let account = only.as_ref().and_then(|name| known.iter().find(|known| known.name == *name));
            let account = account.map(|account| account.id);
            let place = only.map_or("every account".to_owned(), |name| name);
            let tried = tried(reader, &pattern, account, LISTED)?;
            Ok(Wanted { pattern, account, place, kind, tried })
        })])
    };
    let form = Form::new("Entries like this one", save)
        .field(Field::new("text", Kind::Text, said, |text| {
            Pattern::read(text).map(|_| "leave out what differs from time to time; * stands for anything".to_owned())
        }))
        .field(Field::choice("are", &kinds, ""))
        .field(Field::choice("on", &places.each_ref().map(String::as_str), ""))
        .foot(|values| {
            let kind = values.get(1).and_then(|word| EntryKind::parse(word));
            kind.map_or(Vec::new(), |kind| vec![format!("from the next file on they are {}", words(kind))])
        });
    vec![Effect::Overlay(Box::new(form))]
}

fn met(one: &Met, ctx: &Ctx) -> String {
    let amount = amount_with_currency(Money::new(one.amount, one.currency), ctx.numbers);
    let waits = if one.left == 0 { "" } else { ", waits" };
    let said = if one.payer.is_empty() { &one.text } else { &one.payer };
    format!("  {} {amount} {said}{waits}", text::day(one.booked))
}

/// The review, once it is known what the rule would have met.
pub(super) fn answer(answer: Answer, ctx: &Ctx) -> Vec<Effect> {
    let Some(wanted) = answer.take::<Wanted>() else { return Vec::new() };
    let Wanted { pattern, account, place, kind, tried } = wanted;
    let text = pattern.written().to_owned();
    let mut before = vec![match tried.count {
        0 => "it would have met no entry so far".to_owned(),
        1 => "it would have met 1 entry so far:".to_owned(),
        many => format!("it would have met {many} entries so far, {} of them wait:", tried.waiting),
    }];
    before.extend(tried.newest.iter().map(|one| met(one, ctx)));
    let change = vec![format!("entries with \"{text}\" on {place} are {}, by {}", words(kind), ctx.user)];
    let after = vec!["it counts from the next file on; what waits now is settled with x".to_owned()];
    let reviewed = Reviewed { title: "A rule for the bank's entries".to_owned(), before, change, after, items: 1 };
    let act = Act::SetBankRule(RuleChange { text, account, kind, held: true });
    review(reviewed, ID, ctx.act_key(), act, Vec::new())
}
