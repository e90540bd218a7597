//! Letters that are no reminders, mailed by key: which one, a look at what would go, and the outbox.

use super::{MAIL, Subject};
use crate::acts::mail::Mail;
use crate::acts::mail::write::{Outgoing, prepare};
use crate::acts::{Act, Failure, Request};
use crate::store::read::refer;
use crate::tui::app::overlay::{Item, Menu, Review};
use crate::tui::app::{Ctx, Effect};

/// A letter made ready, or why there is none.
pub(in crate::tui::screens) struct Ready(pub Result<Outgoing, Failure>);

/// The most copies offered at once.
const COPIES: usize = 8;

/// The letters there are for a customer: a statement, what was promised, copies of the chosen documents.
pub(super) fn mail(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let Some(customer) = subject.one() else { return Vec::new() };
    let mut rows = vec![
        Item::new("statement of account", "what is open today"),
        Item::new("confirmation of a promise", "what was promised for the next day"),
    ];
    let mut numbers: Vec<String> = subject.debits().map(|piece| piece.number.clone()).collect();
    numbers.dedup();
    numbers.truncate(COPIES);
    rows.extend(numbers.iter().map(|number| Item::new(format!("copy of {number}"), "with what is open of it")));
    let today = ctx.today;
    let choose = move |index: usize| {
        let copy = index.checked_sub(2).and_then(|place| numbers.get(place)).cloned();
        vec![Effect::ask("actions.mail", move |reader| {
            let number = refer::customer_number(reader, customer)?;
            let about = match (&copy, index) {
                (Some(document), _) => ("copy", document.as_str()),
                (None, 1) => ("promise", number.as_str()),
                (None, _) => ("statement", number.as_str()),
            };
            Ok(Ready(prepare(reader, today, about, None)))
        })]
    };
    vec![Effect::Overlay(Box::new(Menu::new(&format!("Mail to {}", subject.name), rows, choose)))]
}

/// A look at what would go, before it goes to the outbox.
pub(in crate::tui::screens) fn review(Ready(made): Ready, ctx: &Ctx) -> Vec<Effect> {
    let out = match made {
        Ok(out) => out,
        Err(failure) => return vec![Effect::Warn(failure.to_string())],
    };
    let key = ctx.act_key();
    let title = format!("Mail: {} {}", out.what, out.about);
    let lines: Vec<String> = out.text.lines().map(str::to_owned).collect();
    let after = ["it waits in the outbox (g x) until it is sent; u takes it back as long as it waits".to_owned()];
    let before = [format!("subject: {}", out.subject)];
    let request = Request { key, act: Act::Mail(Mail::Write(Box::new(out))), expect: Vec::new() };
    let tried = Effect::try_out(request.clone());
    let review = Review::new(title, &before, &lines, &after, move || vec![Effect::perform(MAIL.id, request)]);
    vec![Effect::Overlay(Box::new(review.trying(key))), tried]
}
