//! Figures of a dunning policy changed in forms: the rules of the whole, and one level after another. The words are those
//! of the policy file, and the act is the same as of an import; a review shows what changes before it is written.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::policy;
use crate::acts::dunning::Dunning;
use crate::acts::overview::{TextFault, policy_of, toml};
use crate::acts::{Act, ActKey, Request};
use crate::domain::dunning::{Amounts, Level, Policy};
use crate::domain::money::{self, Currency};
use crate::store::read::policies::{PolicyLine, changes};
use crate::tui::app::overlay::{Editor, Field, Form, Kind, Review};
use crate::tui::app::{Ctx, Effect};

/// A field of a form: its label, its text from what is there, and what a text makes of it.
struct Figure<T> {
    label: &'static str,
    /// Words to choose among; none for what is typed.
    choices: &'static [&'static str],
    get: fn(&T) -> String,
    set: fn(&mut T, &str) -> Result<(), String>,
}

const YES_NO: &[&str] = &["no", "yes"];
const MODES: &[&str] = &["sequential", "highest", "highest per customer", "customer"];
const CREDITS: &[&str] = &["net", "list", "none"];
const PAID: &[&str] = &["keep", "waive", "ask"];
const WAIT_FROM: &[&str] = &["due date", "month end", "last letter"];
const FEE_PER: &[&str] = &["item", "letter"];

/// The rules of the whole policy.
const WHOLE: &[Figure<Policy>] = &[
    Figure { label: "mode", choices: MODES, get: |p| word(&p.mode), set: |p, t| chosen(t, &mut p.mode) },
    Figure {
        label: "grace days",
        choices: &[],
        get: |p| p.grace_days.to_string(),
        set: |p, t| whole(t, 0).map(|days| p.grace_days = days),
    },
    Figure {
        label: "least arrears",
        choices: &[],
        get: |p| p.min_days_account.to_string(),
        set: |p, t| whole(t, 0).map(|days| p.min_days_account = days),
    },
    Figure {
        label: "may stay open",
        choices: &[],
        get: |p| amounts(&p.tolerance),
        set: |p, t| read_amounts(t).map(|amounts| p.tolerance = amounts),
    },
    Figure {
        label: "after a contact",
        choices: &[],
        get: |p| p.contact_gap_days.to_string(),
        set: |p, t| whole(t, 0).map(|days| p.contact_gap_days = days),
    },
    Figure { label: "credits", choices: CREDITS, get: |p| word(&p.credits), set: |p, t| chosen(t, &mut p.credits) },
    Figure {
        label: "fee once paid",
        choices: PAID,
        get: |p| word(&p.on_principal_paid),
        set: |p, t| chosen(t, &mut p.on_principal_paid),
    },
    Figure {
        label: "language",
        choices: &[],
        get: |p| p.language.clone(),
        set: |p, t| {
            t.clone_into(&mut p.language);
            Ok(())
        },
    },
    Figure { label: "by two people", choices: YES_NO, get: |p| yes(p.approval), set: |p, t| flag(t, &mut p.approval) },
];

/// The figures of a level.
const LEVEL: &[Figure<Level>] = &[
    Figure {
        label: "days",
        choices: &[],
        get: |l| l.wait_days.to_string(),
        set: |l, t| whole(t, -3_650).map(|days| l.wait_days = days),
    },
    Figure { label: "from", choices: WAIT_FROM, get: |l| word(&l.wait_from), set: |l, t| chosen(t, &mut l.wait_from) },
    Figure {
        label: "minimum",
        choices: &[],
        get: |l| amounts(&l.min_amount),
        set: |l, t| read_amounts(t).map(|amounts| l.min_amount = amounts),
    },
    Figure {
        label: "% of all open",
        choices: &[],
        get: |l| l.min_percent.normalize().to_string(),
        set: |l, t| percent(t).map(|percent| l.min_percent = percent),
    },
    Figure {
        label: "fee",
        choices: &[],
        get: |l| amounts(&l.fee),
        set: |l, t| read_amounts(t).map(|amounts| l.fee = amounts),
    },
    Figure {
        label: "fee %",
        choices: &[],
        get: |l| l.fee_percent.normalize().to_string(),
        set: |l, t| percent(t).map(|percent| l.fee_percent = percent),
    },
    Figure {
        label: "fee for each",
        choices: FEE_PER,
        get: |l| word(&l.fee_per),
        set: |l, t| chosen(t, &mut l.fee_per),
    },
    Figure {
        label: "by",
        choices: &[],
        get: |l| words(&l.channels),
        set: |l, t| read_words(t).map(|channels| l.channels = channels),
    },
    Figure {
        label: "template",
        choices: &[],
        get: |l| l.template.clone(),
        set: |l, t| {
            t.clone_into(&mut l.template);
            Ok(())
        },
    },
    Figure {
        label: "pay in days",
        choices: &[],
        get: |l| l.payment_days.to_string(),
        set: |l, t| whole(t, 0).map(|days| l.payment_days = days),
    },
    Figure {
        label: "starts",
        choices: &[],
        get: |l| words(&l.effects),
        set: |l, t| read_words(t).map(|effects| l.effects = effects),
    },
    Figure { label: "by two people", choices: YES_NO, get: |l| yes(l.approval), set: |l, t| flag(t, &mut l.approval) },
];

/// A word of the policy file as people read it: `last letter`.
fn word<T: serde::Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('-', " ")
}

fn chosen<T: DeserializeOwned>(text: &str, into: &mut T) -> Result<(), String> {
    let word = serde_json::Value::String(text.trim().replace(' ', "-"));
    *into = serde_json::from_value(word).map_err(|_| format!("\"{}\" is not one of the words", text.trim()))?;
    Ok(())
}

fn words<T: serde::Serialize>(list: &[T]) -> String {
    list.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn read_words<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, String> {
    let read = |part: &str| {
        let word = serde_json::Value::String(part.replace(' ', "-"));
        serde_json::from_value(word).map_err(|error| {
            let known = error.to_string();
            let known = known.split_once("expected ").map_or("", |(_, known)| known).replace(['`', '-'], " ");
            format!("\"{part}\" is not known; write {}", known.split_whitespace().collect::<Vec<_>>().join(" "))
        })
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "-").map(read).collect()
}

fn yes(value: bool) -> String {
    YES_NO[usize::from(value)].to_owned()
}

fn flag(text: &str, into: &mut bool) -> Result<(), String> {
    *into = text == "yes";
    Ok(())
}

fn whole(text: &str, least: i64) -> Result<i64, String> {
    let number = text.trim().parse::<i64>().ok().filter(|number| (least..=3_650).contains(number));
    number.ok_or_else(|| format!("write a whole number from {least} to 3650"))
}

fn percent(text: &str) -> Result<Decimal, String> {
    let text = text.trim().trim_end_matches('%').trim();
    let number = if text.is_empty() { Some(Decimal::ZERO) } else { Decimal::from_str(text).ok() };
    let number = number.filter(|number| !number.is_sign_negative() && *number <= Decimal::ONE_HUNDRED);
    number.ok_or_else(|| "write a percentage from 0 to 100, such as 2.5".to_owned())
}

/// `25.00 EUR, 30.00 USD`.
fn amounts(amounts: &Amounts) -> String {
    let one = |(currency, minor): (&Currency, &i64)| format!("{} {currency}", money::plain(*minor, currency.digits()));
    amounts.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn read_amounts(text: &str) -> Result<Amounts, String> {
    let mut amounts = Amounts::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "-") {
        let wrong = || format!("write an amount and its currency, such as 25.00 EUR, not \"{part}\"");
        let (amount, code) = part.split_once(' ').ok_or_else(wrong)?;
        let currency = Currency::parse(code.trim()).map_err(|_| wrong())?;
        let minor = money::parse_plain(amount, currency).ok().filter(|minor| *minor >= 0).ok_or_else(wrong)?;
        if amounts.insert(currency, minor).is_some() {
            return Err(format!("{currency} stands there twice"));
        }
    }
    Ok(amounts)
}

fn field<T: Default + 'static>(figure: &'static Figure<T>, value: &T) -> Field {
    let filled = (figure.get)(value);
    if figure.choices.is_empty() {
        let check = move |text: &str| (figure.set)(&mut T::default(), text).map(|()| String::new());
        Field::new(figure.label, Kind::Text, &filled, check)
    } else {
        Field::choice(figure.label, figure.choices, &filled)
    }
}

fn typed<T: 'static>(figures: &[Figure<T>], into: &mut T, values: &[String]) -> Result<(), (usize, String)> {
    for (place, (figure, value)) in figures.iter().zip(values).enumerate() {
        (figure.set)(into, value).map_err(|why| (place, why))?;
    }
    Ok(())
}

/// The rules of a policy in a form.
pub(super) fn rules(line: &PolicyLine, ctx: &Ctx) -> Vec<Effect> {
    let (key, line) = (ctx.act_key(), line.clone());
    let mut form = Form::new(&format!("Rules of the policy {}", line.policy.name), {
        let line = line.clone();
        move |values: &[String]| {
            let mut policy = line.policy.clone();
            typed(WHOLE, &mut policy, values)?;
            review(key, &line, policy).map_err(|why| (0, why))
        }
    });
    for figure in WHOLE {
        form = form.field(field(figure, &line.policy));
    }
    let draft = format!("policy.rules.{}.{}", line.policy.name, line.version);
    vec![Effect::Overlay(Box::new(form.foot(|_| foot("E on a level changes the level")).draft(draft)))]
}

/// One level in a form.
pub(super) fn level(line: &PolicyLine, number: u32, ctx: &Ctx) -> Vec<Effect> {
    let Some(known) = line.policy.level(number).cloned() else { return Vec::new() };
    let (key, line) = (ctx.act_key(), line.clone());
    let mut form = Form::new(&format!("Level {number} of the policy {}", line.policy.name), {
        let line = line.clone();
        move |values: &[String]| {
            let mut policy = line.policy.clone();
            if let Some(level) = policy.levels.iter_mut().find(|level| level.number == number) {
                typed(LEVEL, level, values)?;
            }
            review(key, &line, policy).map_err(|why| (0, why))
        }
    });
    for figure in LEVEL {
        form = form.field(field(figure, &known));
    }
    let draft = format!("policy.level.{}.{}.{number}", line.policy.name, line.version);
    let words = "by: mail, letter, phone in their order; starts: task, hold, stop orders, agency, legal";
    vec![Effect::Overlay(Box::new(form.foot(move |_| foot(words)).draft(draft)))]
}

/// The whole policy as text. Under another name it is a new policy, which nobody is under yet.
pub(super) fn as_text(line: &PolicyLine, ctx: &Ctx) -> Vec<Effect> {
    let (key, known) = (ctx.act_key(), line.clone());
    let save = move |text: &str| {
        let policy = policy_of(text)?;
        review(key, &known, policy).map_err(|sentence| TextFault { line: 0, column: 0, sentence })
    };
    let name = &line.policy.name;
    let draft = format!("policy.text.{name}.{}", line.version);
    let editor =
        Editor::new(format!("Policy {name}"), draft, &toml(&line.policy), save).looking("As it reads", |text| {
            policy_of(text).map_or_else(
                |fault| vec![format!("line {}: {}", fault.line, fault.sentence)],
                |policy| policy::summary(&policy),
            )
        });
    vec![Effect::Overlay(Box::new(editor))]
}

fn foot(words: &str) -> Vec<String> {
    vec![
        words.to_owned(),
        "the last Enter shows what changes; letters sent so far keep the version they name".to_owned(),
    ]
}

/// What changes, to be read before the next version is written; or why there can be none.
fn review(key: ActKey, line: &PolicyLine, policy: Policy) -> Result<Vec<Effect>, String> {
    if let Some((_, fault)) = policy.faults().into_iter().next() {
        return Err(fault);
    }
    let told = changes(&line.policy, &policy);
    if told.is_empty() && policy.name == line.policy.name {
        return Ok(vec![Effect::Say("nothing was changed".to_owned())]);
    }
    let name = policy.name.clone();
    let (version, before, change) = if name == line.policy.name {
        let under = if line.scopes.is_empty() { "nobody".to_owned() } else { line.scopes.join("; ") };
        (line.version, format!("{name} version {}, under it: {under}", line.version), told)
    } else {
        let mut change = vec![format!("a new policy {name}, like {}", line.policy.name)];
        change.extend(told.into_iter().map(|one| format!("but {one}")));
        (0, format!("no policy {name}"), change)
    };
    let under = if version == 0 { "; nobody is under it until a gives it to somebody" } else { "" };
    let after = [
        format!("{name} version {}; drafts of runs and letters sent keep theirs{under}", version + 1),
        "o2c policy try says what it would have sent".to_owned(),
    ];
    let act = Act::Dunning(Dunning::SetPolicy { policy: Box::new(policy), version });
    let request = Request { key, act, expect: Vec::new() };
    let tried = Effect::try_out(request.clone());
    let go = move || vec![Effect::perform("policy.figures", request)];
    let title = if version == 0 { format!("Make the policy {name}") } else { format!("Change the policy {name}") };
    let review = Review::new(title, &[before], &change, &after, go).trying(key);
    Ok(vec![Effect::Overlay(Box::new(review)), tried])
}
