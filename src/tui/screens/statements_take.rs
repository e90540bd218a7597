//! A file of the bank taken in by key: named in a form, read in a process of its own, reviewed with what of it is new, and
//! taken in whole or not at all. And a new account at a bank.

use super::disputes_acts::needed;
use crate::acts::import::{Beside, StatementFile, Wish};
use crate::acts::{Act, ActKey, Done, Failure, Request};
use crate::domain::bank_words::Told;
use crate::domain::money::Currency;
use crate::store::read::bank::AccountRow;
use crate::tui::app::overlay::{Field, Form, Review};
use crate::tui::app::{Answer, CmdId, Ctx, Effect};

/// Name of the command, and of the act it ends in.
pub(super) const ID: CmdId = "statements.take";
/// Name of the command that adds an account.
pub(super) const ACCOUNT: CmdId = "statements.account";
/// Under this name the screen is told of the form's values, and what was read.
pub(super) const ASKED: &str = "statements.asked";
/// Under this name the screen is told what was read.
pub(super) const READ: &str = "statements.read";
/// Statements told one by one, and oddities of each; the rest is counted.
const NAMED: usize = 4;
/// Notes of the book told one by one.
const NOTES: usize = 3;
/// What the account is where the file says it.
const IN_FILE: &str = "named in the file";
/// What becomes of a statement that does not join on to the one before.
const GAPS: [&str; 2] = ["refuse", "take in"];

/// What somebody is taking in.
#[derive(Default)]
pub(super) struct Taking {
    /// As the form was last left, until its file is in.
    values: Vec<String>,
    accounts: Vec<AccountRow>,
}

impl Taking {
    /// Asks which file.
    pub(super) fn form(&mut self, accounts: &[AccountRow], ctx: &Ctx) -> Vec<Effect> {
        self.accounts = accounts.to_vec();
        if accounts.is_empty() {
            let first = Effect::Say("first the account at the bank; then i".to_owned());
            return account_form(ctx).into_iter().chain([first]).collect();
        }
        let filled = |at: usize, usual: &str| self.values.get(at).cloned().unwrap_or_else(|| usual.to_owned());
        let names: Vec<&str> =
            std::iter::once(IN_FILE).chain(accounts.iter().map(|account| account.name.as_str())).collect();
        let save = |values: &[String]| match values[0].trim() {
            "" => Err((0, "which file?".to_owned())),
            _ => Ok(vec![Effect::tell(ASKED, values.to_vec())]),
        };
        let place = if ctx.checked() {
            "a name in your folder for imports"
        } else {
            "told by its content; a review comes first"
        };
        let form = Form::new("Take a file of the bank in", save)
            .field(Field::text("file", &filled(0, "")))
            .field(Field::choice("account", &names, &filled(1, IN_FILE)))
            .field(Field::choice("a gap before it", &GAPS, &filled(2, GAPS[0])))
            .field(Field::text("mapping (a table)", &filled(3, "")))
            .foot(move |_| vec![place.to_owned()]);
        vec![Effect::Overlay(Box::new(form))]
    }

    /// The form was sent: the file is read.
    pub(super) fn asked(&mut self, answer: Answer) -> Vec<Effect> {
        let Some(values) = answer.take::<Vec<String>>() else { return Vec::new() };
        let account = self.accounts.iter().find(|account| account.name == values[1]);
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let wish = Wish {
            file: values[0].trim().to_owned(),
            known: self.accounts.iter().map(|account| account.number.clone()).collect(),
            account: account.map(|account| account.number.clone()),
            mapping: some(values[3].trim()),
        };
        self.values = values;
        vec![Effect::file(READ, wish)]
    }

    /// The file was read: what taking it in would do.
    pub(super) fn read(&mut self, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match answer.take::<Result<StatementFile, String>>() {
            Some(Ok(file)) => self.review(file, ctx),
            Some(Err(sentence)) => vec![Effect::Warn(sentence)],
            None => Vec::new(),
        }
    }

    /// The file is in, or not: the form is empty again where it is.
    pub(super) fn performed(&mut self, result: &Result<Done, Failure>) {
        if result.is_ok() {
            self.values.clear();
        }
    }

    fn review(&self, file: StatementFile, ctx: &Ctx) -> Vec<Effect> {
        let gap = self.values.get(2).is_some_and(|gap| gap == GAPS[1]);
        let told: Vec<Told> = file.rows.iter().map(Told::of).collect();
        let mut before: Vec<String> = Vec::new();
        for told in &told {
            let number = &told.row.account;
            let Some(account) = self.accounts.iter().find(|account| account.number == *number) else { continue };
            let balance = super::statements::balance(account, ctx);
            if !before.contains(&balance) {
                before.push(balance);
            }
        }
        let change = self.change(&file.name, &told);
        // Trying uses the rows up: each request has its own.
        let request = move |file: StatementFile, key| {
            let import = file.import(gap, None);
            (import.beside.clone(), Request { key, act: Act::Import(import), expect: Vec::new() })
        };
        let key = ctx.act_key();
        let (beside, tried) = request(file.clone(), key);
        let go = move || vec![Effect::perform(ID, request(file, key).1)];
        let title = "Take a file of the bank in";
        let review = Review::new(title, &before, &change, &[], go).trying(key).telling(move |_| outcome(&beside));
        vec![Effect::Overlay(Box::new(review)), Effect::try_out(tried)]
    }

    fn change(&self, file: &str, told: &[Told]) -> Vec<String> {
        let mut lines = vec![format!("take {file} in, whole or not at all")];
        for told in told.iter().take(NAMED) {
            let number = &told.row.account;
            let account = self.accounts.iter().find(|account| account.number == *number);
            lines.push(told.head(account.map_or(number, |account| &account.name)));
            lines.push(format!("  {}", told.sum()));
            lines.push(format!("  {}: {}{}", entries(told.count as u64), told.kinds(), told.left_out()));
            lines.extend(told.row.notices.iter().take(NOTES).map(|(line, what)| format!("  line {line}: {what}")));
        }
        if told.len() > NAMED {
            let more: usize = told.iter().skip(NAMED).map(|told| told.count).sum();
            lines.push(format!("{} more statements with {}", told.len() - NAMED, entries(more as u64)));
        }
        lines
    }
}

fn entries(count: u64) -> String {
    format!("{count} {}", if count == 1 { "entry" } else { "entries" })
}

/// What trying came to.
fn outcome(beside: &Beside) -> Vec<String> {
    let Ok(work) = beside.0.lock() else { return Vec::new() };
    let are = if work.taken == 1 { "is" } else { "are" };
    let mut lines = vec![format!("{} {are} new; {} known already", entries(work.taken), work.known)];
    lines.push("receipts among them wait in Cash (g b), where A lets the rules apply them".to_owned());
    lines.extend(work.notices.iter().take(NOTES).map(|note| format!("note: {note}")));
    if work.notices.len() > NOTES {
        lines.push(format!("{} more notes", work.notices.len() - NOTES));
    }
    lines
}

/// A new account of the company.
pub(super) fn account_form(ctx: &Ctx) -> Vec<Effect> {
    let key: ActKey = ctx.act_key();
    let save = move |values: &[String]| {
        let currency = Currency::parse(&values[2].trim().to_uppercase())
            .map_err(|_| (2, "three letters such as EUR, USD, JPY".to_owned()))?;
        let (name, number) = (values[0].trim().to_owned(), values[1].trim().to_owned());
        let act = Act::AddBankAccount { name, number, currency };
        Ok(vec![Effect::perform(ACCOUNT, Request { key, act, expect: Vec::new() })])
    };
    let form = Form::new("New account at a bank", save)
        .field(needed("name"))
        .field(needed("IBAN or number"))
        .field(Field::text("currency", ctx.base.code()))
        .foot(|_| {
            vec!["the number as it stands in the bank's files; two people decide where the book asks for it".into()]
        });
    vec![Effect::Overlay(Box::new(form))]
}
