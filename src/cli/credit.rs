//! `o2c credit`: what an order would meet at the checkpoints of its life, with every reason. Nothing is changed; a hold
//! answers with exit code 1, so that an order system can ask.

use clap::Args as ClapArgs;
use serde_json::json;

use super::args::FormArgs;
use super::names;
use super::out::{self, Form};
use super::session::Session;
use super::stop::{REFUSED, Stop};
use crate::domain::hold::{self, Checkpoint, Outcome};
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::store::read::{book, exposure};

/// Arguments of `credit`.
#[derive(Debug, ClapArgs)]
pub struct CreditArgs {
    /// The customer's number
    pub customer: String,
    /// Value of the order, tax included, in the customer's currency
    #[arg(long, default_value = "0")]
    pub order: String,
    /// Where the order is: entry, confirm, delivery, invoice
    #[arg(long, default_value = "confirm", value_parser = checkpoint)]
    pub at: Checkpoint,
    /// Text or JSON
    #[command(flatten)]
    pub form: FormArgs,
}

fn checkpoint(text: &str) -> Result<Checkpoint, String> {
    Checkpoint::parse(text).ok_or_else(|| format!("one of {}", Checkpoint::ALL.map(Checkpoint::name).join(", ")))
}

/// Answers the verb.
pub(super) fn run(session: &Session, given: &CreditArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let customer = names::customer(&reader, &given.customer)?;
    let Some(mut credit) = exposure::credit(&reader, customer.id, session.today, base)? else {
        return Err(Stop::refused("MAS-03", format!("There is no customer {}.", given.customer)));
    };
    let currency = credit.facts.currency;
    credit.facts.order = match given.order.trim() {
        "0" => 0,
        text => names::plain_amount(text, currency)?,
    };
    let facts = &credit.facts;
    let reasons = hold::reasons(facts, &exposure::rules(&reader)?);
    let outcome = given.at.outcome(&reasons);
    let plain = |minor: i64| Money::new(minor, currency).plain();
    if given.form.form() == Form::Json {
        let answer = json!({
            "customer": given.customer,
            "checkpoint": given.at.name(),
            "outcome": outcome.word(),
            "reasons": reasons,
            "currency": currency.code(),
            "exposure": plain(facts.exposure.total()),
            "order": plain(facts.order),
            "limit": facts.limit.map(plain),
            "past_due": plain(facts.past_due),
            "oldest_days": facts.oldest_days,
            "group": credit.group,
            "left_out": credit.left_out,
        });
        out::say(&answer.to_string())?;
    } else {
        let shown = |minor: i64, currency: Currency| Money::new(minor, currency).grouped(NumberStyle::Point);
        let limit = facts.limit.map_or("none".to_owned(), |limit| shown(limit, currency));
        let share = if credit.members > 1 {
            format!(", shared by {} of {}", credit.members, credit.group)
        } else {
            String::new()
        };
        let total = shown(facts.exposure.total(), currency);
        out::say(&format!("{}: {}", given.at.name(), outcome.word()))?;
        out::say(&format!("Owes {total} {currency}, order {}, limit {limit}{share}", shown(facts.order, currency)))?;
        for reason in &reasons {
            out::say(&format!("- {reason}"))?;
        }
        for other in &credit.left_out {
            out::say(&format!("What is owed in {other} is not in these amounts."))?;
        }
    }
    if outcome == Outcome::Hold { Err(Stop::quietly(REFUSED)) } else { Ok(()) }
}
