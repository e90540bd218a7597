//! The form for a customer's master data: contact, addresses, terms, credit limit, bank account. Only what the person
//! may change is offered; the review says what changes and whether a second person has to confirm it.

use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::email;
use crate::domain::money::{Currency, Money};
use crate::domain::terms::Terms;
use crate::language::amounts::{AmountContext, read_amount};
use crate::store::people::CustomerData;
use crate::store::read::account::Full;
use crate::tui::app::overlay::{Field, Form, Kind, Review};
use crate::tui::app::{Command, Ctx, Effect, Tier};
use crate::tui::ui::text::amount_with_currency;

/// Change the master data. Each field takes its own right.
pub(super) const COMMAND: Command = Command::write(
    "customer.edit",
    &["E"],
    "edit customer",
    "Change contact, terms, limit, bank account.",
    Tier::Money,
)
.hint(34)
.right(Right::Read)
.words("master data address phone email iban credit limit")
.verb("customer set");

/// Rights of which one is enough to change something.
const RIGHTS: [Right; 3] = [Right::MasterData, Right::CreditLimit, Right::BankDetails];

/// Why nothing can be changed by this person.
pub(super) fn guard(ctx: &Ctx) -> Result<(), String> {
    match RIGHTS.iter().any(|right| ctx.may(*right)) {
        true => Ok(()),
        false => Err(format!("needs the right to {}; ask an administrator", Right::MasterData.words())),
    }
}

/// One field: its name, the right it takes, its text, and how it gets into the data.
struct Part {
    label: &'static str,
    right: Right,
    get: fn(&CustomerData) -> &str,
    set: fn(&mut CustomerData, String),
}

const PARTS: [Part; 7] = [
    Part { label: "name", right: Right::MasterData, get: |data| &data.name, set: |data, text| data.name = text },
    Part {
        label: "contact",
        right: Right::MasterData,
        get: |data| &data.contact,
        set: |data, text| data.contact = text,
    },
    Part { label: "phone", right: Right::MasterData, get: |data| &data.phone, set: |data, text| data.phone = text },
    Part { label: "e-mail", right: Right::MasterData, get: |data| &data.email, set: |data, text| data.email = text },
    Part {
        label: "address",
        right: Right::MasterData,
        get: |data| &data.address,
        set: |data, text| data.address = text,
    },
    Part { label: "terms", right: Right::MasterData, get: |data| &data.terms, set: |data, text| data.terms = text },
    Part {
        label: "bank account",
        right: Right::BankDetails,
        get: |data| &data.bank_account,
        set: |data, text| data.bank_account = text,
    },
];

/// The label of the one field that holds an amount.
const LIMIT: &str = "credit limit";

/// A credit limit as typed: an amount, or `none`.
fn limit(text: &str, context: &AmountContext) -> Result<Option<i64>, String> {
    if text.trim().is_empty() || text.trim().eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    read_amount(text, context).map(|typed| Some(typed.minor)).map_err(|error| error.to_string())
}

fn limit_words(amount: Option<i64>, currency: Currency, ctx: &Ctx) -> String {
    amount.map_or("none".to_owned(), |minor| amount_with_currency(Money::new(minor, currency), ctx.numbers))
}

fn field(part: &Part, data: &CustomerData) -> Field {
    let check = match part.label {
        "name" => |text: &str| match text.trim() {
            "" => Err("a customer has a name".to_owned()),
            _ => Ok(String::new()),
        },
        "e-mail" => |text: &str| match email::fault(text) {
            Some((_, why)) => Err(why),
            None if email::is_several(text) => {
                Ok("more than one address: nobody is mailed until one is chosen".to_owned())
            }
            None => Ok(String::new()),
        },
        "terms" => |text: &str| match text.trim() {
            "" => Ok("as the book's usual terms".to_owned()),
            terms => Terms::parse(terms).map(|_| String::new()).map_err(|error| error.to_string()),
        },
        _ => |_: &str| Ok(String::new()),
    };
    Field::new(part.label, Kind::Text, (part.get)(data), check)
}

/// The form, filled with what is known.
pub(super) fn form(full: &Full, ctx: &Ctx) -> Vec<Effect> {
    let (key, customer, version, before) = (ctx.act_key(), full.account.id, full.version, full.data.clone());
    let currency = Currency::parse(&before.currency).unwrap_or(ctx.base);
    let context = AmountContext { currency, style: Some(ctx.numbers), open: None };
    let parts: Vec<&Part> = PARTS.iter().filter(|part| ctx.may(part.right)).collect();
    let with_limit = ctx.may(Right::CreditLimit);
    let fields: Vec<Field> = parts.iter().map(|part| field(part, &before)).collect();
    let (ctx_then, context_then) = (ctx.clone(), context);
    let save = move |values: &[String]| {
        let mut data = before.clone();
        for (part, value) in parts.iter().zip(values) {
            (part.set)(&mut data, value.clone());
        }
        if with_limit {
            let place = parts.len();
            data.credit_limit = limit(&values[place], &context_then).map_err(|why| (place, why))?;
        }
        if data == before {
            return Ok(vec![Effect::Say("nothing was changed".to_owned())]);
        }
        let [old, new] = differences(&before, &data, currency, &ctx_then);
        let change = [format!("{} {} is changed by {}", data.number, before.name, ctx_then.user)];
        let request =
            Request { key, act: Act::SetCustomer { customer: Some(customer), version, data }, expect: Vec::new() };
        let tried = Effect::try_out(request.clone());
        let go = move || vec![Effect::perform(COMMAND.id, request)];
        let review = Review::new(format!("Change {}", before.name), &old, &change, &new, go).trying(key);
        Ok(vec![Effect::Overlay(Box::new(review)), tried])
    };
    let mut form = Form::new(&format!("Customer {} {}", full.data.number, full.data.name), save);
    for field in fields {
        form = form.field(field);
    }
    if with_limit {
        let filled =
            full.data.credit_limit.map_or("none".to_owned(), |minor| Money::new(minor, currency).grouped(ctx.numbers));
        let ctx_echo = ctx.clone();
        let echo = move |text: &str| limit(text, &context).map(|amount| limit_words(amount, currency, &ctx_echo));
        form = form.field(Field::new(LIMIT, Kind::Amount, &filled, echo));
    }
    let foot =
        "name, e-mail, address, terms, limit and bank account need a second person; with one of them all of it waits";
    let start = usize::from(ctx.may(Right::MasterData));
    let form = form.start(start).foot(move |_| vec![foot.to_owned()]).draft(format!("customer.{customer}"));
    vec![Effect::Overlay(Box::new(form))]
}

/// What differs, before and after.
fn differences(before: &CustomerData, after: &CustomerData, currency: Currency, ctx: &Ctx) -> [Vec<String>; 2] {
    let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let mut lines = [Vec::new(), Vec::new()];
    for part in PARTS.iter().filter(|part| (part.get)(before) != (part.get)(after)) {
        lines[0].push(format!("{}: {}", part.label, shown((part.get)(before))));
        lines[1].push(format!("{}: {}", part.label, shown((part.get)(after))));
    }
    if before.credit_limit != after.credit_limit {
        lines[0].push(format!("{LIMIT}: {}", limit_words(before.credit_limit, currency, ctx)));
        lines[1].push(format!("{LIMIT}: {}", limit_words(after.credit_limit, currency, ctx)));
    }
    lines
}
