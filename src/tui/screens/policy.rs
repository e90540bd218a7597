//! One dunning policy: its levels as a table that reads at first sight, its rules in sentences, and what can be done with
//! it: give it to somebody, change a level in a form, write it out to edit, look at its versions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::policies::COMMANDS;
use super::policy_form;
use crate::acts::dunning::Dunning;
use crate::acts::{Act, Request, overview};
use crate::domain::dunning::{
    Channel, Credits, Effect as Starts, FeePer, Level, Mode, Paid, Policy, Scope as Whom, Segment, WaitFrom,
};
use crate::domain::late::Compensation;
use crate::domain::money::{self, Currency};
use crate::store::read::policies::{PolicyLine, Version, policies, versions as read_versions};
use crate::store::read::refer;
use crate::tui::app::overlay::{Field, Form, Kind, TextBox};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Screen, Sort, Status};
use crate::tui::ui::table::Column;
use crate::tui::ui::text;

const COLUMNS: &[Column] = &[
    Column::number("level", "LEVEL", 'l', 0, 5),
    Column::words("waits", "GOES OUT", 'w', 0, 22, 34),
    Column::words("by", "BY", 'b', 1, 10, 20),
    Column::words("minimum", "FROM", 'm', 2, 10, 26),
    Column::words("fee", "FEE", 'f', 0, 10, 30),
    Column::words("pay", "PAY IN", 'p', 3, 7, 9),
    Column::words("starts", "THEN DECIDE", 't', 4, 8, 30),
    Column::words("two", "BY TWO", 'o', 1, 6, 6),
];

fn amounts(amounts: &std::collections::BTreeMap<Currency, i64>) -> String {
    let one = |(currency, minor): (&Currency, &i64)| format!("{} {currency}", money::plain(*minor, currency.digits()));
    let shown: Vec<String> = amounts.iter().filter(|(_, minor)| **minor > 0).map(one).collect();
    if shown.is_empty() { "-".to_owned() } else { shown.join(", ") }
}

fn waits(level: &Level) -> String {
    let days = |days: i64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match level.wait_from {
        WaitFrom::DueDate if level.wait_days < 0 => format!("{} before due", days(-level.wait_days)),
        WaitFrom::DueDate => format!("{} after due", days(level.wait_days)),
        WaitFrom::MonthEnd => format!("month end, {} after due", days(level.wait_days)),
        WaitFrom::LastLetter => format!("{} after level {}", days(level.wait_days), level.number.saturating_sub(1)),
    }
}

fn fee(level: &Level) -> String {
    let mut parts = Vec::new();
    if level.fee.values().any(|minor| *minor > 0) {
        parts.push(amounts(&level.fee));
    }
    if !level.fee_percent.is_zero() {
        parts.push(format!("{}%", level.fee_percent.normalize()));
    }
    let per = if level.fee_per == FeePer::Letter { "a letter" } else { "an item" };
    if parts.is_empty() { "-".to_owned() } else { format!("{} {per}", parts.join(" + ")) }
}

fn channel(channel: &Channel) -> &'static str {
    match channel {
        Channel::Mail => "e-mail",
        Channel::Letter => "post",
        Channel::Phone => "phone",
    }
}

fn starts(effect: &Starts) -> &'static str {
    match effect {
        Starts::Task => "look again",
        Starts::Hold => "credit hold",
        Starts::StopOrders => "stop orders",
        Starts::Agency => "agency",
        Starts::Legal => "legal steps",
    }
}

/// What a policy says beside its levels, a sentence a line.
pub(super) fn rules(policy: &Policy) -> Vec<String> {
    let mode = match policy.mode {
        Mode::Sequential => "one level after the other, each item for itself",
        Mode::Highest => "the highest level an item's age reaches",
        Mode::HighestPerCustomer => "every item of a letter takes the highest level among them",
        Mode::Customer => "the customer has the level; one letter for everything overdue",
    };
    let credits = match policy.credits {
        Credits::Net => "taken off what the letter asks for",
        Credits::List => "listed, not taken off",
        Credits::None => "left out",
    };
    let paid = match policy.on_principal_paid {
        Paid::Keep => "stays an item like any other",
        Paid::Waive => "is dunned no more and may be credited",
        Paid::Ask => "waits for a person",
    };
    let mut lines = vec![
        format!("{mode}; late after {} days of grace", policy.grace_days),
        format!(
            "at least {} days after any contact; up to {} may stay open",
            policy.contact_gap_days,
            amounts(&policy.tolerance)
        ),
        format!("credits are {credits}; a fee whose invoice is paid {paid}"),
    ];
    if policy.min_days_account > 0 {
        lines.push(format!("no letter before the latest item is {} days in arrears", policy.min_days_account));
    }
    if let Some(interest) = &policy.interest {
        lines.push(format!(
            "interest: {}{}",
            interest.profile.basis,
            if interest.post { "" } else { ", told and not charged" }
        ));
        match interest.profile.compensation {
            Compensation::None => {}
            Compensation::Eu => lines.push("compensation: EUR 40 with the first letter after the due date".to_owned()),
            Compensation::Uk => {
                lines.push("compensation: GBP 40, 70 or 100 with the first letter after the due date".to_owned());
            }
        }
    }
    if policy.approval {
        lines.push("every run is released by two people".to_owned());
    }
    lines
}

fn entry(level: &Level) -> Entry {
    let join = |words: Vec<&str>| if words.is_empty() { "-".to_owned() } else { words.join(", ") };
    let minimum = match level.min_percent.is_zero() {
        true => amounts(&level.min_amount),
        false => format!("{}, {}% of all open", amounts(&level.min_amount), level.min_percent.normalize()),
    };
    let template =
        if level.template.is_empty() { format!("reminder-{}", level.number.min(3)) } else { level.template.clone() };
    Entry {
        id: i64::from(level.number),
        about: template.clone(),
        parts: vec![
            Part::words(&level.number.to_string()),
            Part::words(&waits(level)),
            Part::words(&join(level.channels.iter().map(channel).collect())),
            Part::words(&minimum),
            Part::words(&fee(level)),
            Part::words(&format!("{} days", level.payment_days)),
            Part::words(&join(level.effects.iter().map(starts).collect())),
            Part::words(if level.approval { "yes" } else { "-" }),
        ],
        sum: None,
        late: None,
        on: None,
        state: String::new(),
        why: vec![format!("level {} goes out {} with the template {template}", level.number, waits(level))],
    }
}

/// A policy as it reads at first sight: its levels, then its rules.
pub(super) fn summary(policy: &Policy) -> Vec<String> {
    let level = |level: &Level| {
        let fee = match fee(level) {
            none if none == "-" => String::new(),
            fee => format!(", fee {fee}"),
        };
        let by: Vec<&str> = level.channels.iter().map(channel).collect();
        format!(
            "level {}: {} by {}{fee}, to pay in {} days",
            level.number,
            waits(level),
            by.join(", "),
            level.payment_days
        )
    };
    policy.levels.iter().map(level).chain(rules(policy)).collect()
}

/// Why a command cannot run on this policy now.
pub(super) fn guard(id: &str, line: Option<&PolicyLine>) -> Result<(), String> {
    match (id, line) {
        (id, None) if id.starts_with("policy.") => Err("no policy is selected".to_owned()),
        ("policy.edit" | "policy.export" | "policy.versions" | "policy.figures", Some(line)) if line.version == 0 => {
            Err("under none no letter goes out; there is nothing to edit".to_owned())
        }
        _ => Ok(()),
    }
}

/// Runs a command about a policy.
pub(super) fn run(id: &str, line: &PolicyLine, ctx: &Ctx) -> Vec<Effect> {
    let name = line.policy.name.clone();
    match id {
        "policy.assign" => assign(name, ctx),
        "policy.figures" => policy_form::rules(line, ctx),
        "policy.edit" => policy_form::as_text(line, ctx),
        "policy.export" => {
            let file = format!("{name}.toml");
            let how = vec![
                format!("Edit {file}, then take it in as the next version:"),
                String::new(),
                format!("  o2c policy import {file}"),
                String::new(),
                "Every fault is named with its line and column, and nothing is changed while there is one.".to_owned(),
                format!("What it would have done so far: o2c policy try {file} --from DATE"),
            ];
            vec![
                Effect::Save { file, text: overview::toml(&line.policy), what: "the policy".to_owned() },
                Effect::Overlay(Box::new(TextBox::new(format!("Edit {name}"), how))),
            ]
        }
        "policy.versions" => vec![Effect::ask("versions", move |reader| Ok((read_versions(reader, &name)?, name)))],
        _ => Vec::new(),
    }
}

/// Shows what was asked for by `policy.versions`.
pub(super) fn versions(answer: Answer) -> Vec<Effect> {
    let Some((found, name)) = answer.take::<(Vec<Version>, String)>() else { return Vec::new() };
    let mut lines = Vec::new();
    for version in found {
        let day = text::dated(version.at.get(..10).unwrap_or_default());
        lines.push(format!("version {} by {} on {day}", version.version, version.by));
        if version.changes.is_empty() {
            lines.push("  the first".to_owned());
        }
        lines.extend(version.changes.into_iter().map(|change| format!("  {change}")));
    }
    vec![Effect::Overlay(Box::new(TextBox::new(format!("Versions of {name}"), lines)))]
}

const COMPANY: &str = "company";
const SEGMENT: &str = "segment";
const CUSTOMER: &str = "customer";

/// The form that gives a policy to somebody. Names are looked up before the act is made.
fn assign(name: String, ctx: &Ctx) -> Vec<Effect> {
    let (key, shown) = (ctx.act_key(), name.clone());
    let save = move |values: &[String]| {
        let (policy, whom) = (name.clone(), values[1].split_whitespace().collect::<Vec<_>>().join(" "));
        let given = move |scope: Whom| Request {
            key,
            act: Act::Dunning(Dunning::AssignPolicy { scope, policy: policy.clone() }),
            expect: Vec::new(),
        };
        match (&*values[0], whom.is_empty()) {
            (COMPANY, _) => Ok(vec![Effect::perform("policy.assign", given(Whom::Company))]),
            (kind, true) => Err((1, format!("which {kind}?"))),
            (SEGMENT, _) => {
                Segment::parse(&whom).map_err(|why| (1, why))?;
                Ok(vec![Effect::perform("policy.assign", given(Whom::Segment(whom)))])
            }
            (kind, _) => {
                let customer = kind == CUSTOMER;
                Ok(vec![Effect::ask("whom", move |reader| {
                    let found = match customer {
                        true => refer::customer(reader, &whom)?.map(|known| Whom::Customer(known.id)),
                        false => refer::debit_document(reader, &whom)?.map(Whom::Invoice),
                    };
                    Ok(found.map(given).ok_or(whom))
                })])
            }
        }
    };
    let foot = |values: &[String]| {
        vec![
            match &*values[0] {
                COMPANY => "everybody who has no narrower one; leave the next line empty",
                SEGMENT => {
                    "conditions such as country:DE risk:C; share:30 draws 30 percent, the others are the control"
                }
                CUSTOMER => "the customer's number; it goes before segments",
                _ => "the invoice's number; it goes before everything else",
            }
            .to_owned(),
            "the last one given to a scope counts; past runs keep what they were decided by".to_owned(),
        ]
    };
    let form = Form::new(&format!("Who is under {shown}"), save)
        .field(Field::choice("scope", &[COMPANY, SEGMENT, CUSTOMER, "invoice"], SEGMENT))
        .field(Field::new("which", Kind::Text, "", |_| Ok(String::new())))
        .foot(foot)
        .draft("policy.assign");
    vec![Effect::Overlay(Box::new(form))]
}

/// What came of looking a customer or an invoice up for [`assign`].
pub(super) fn whom(answer: Answer) -> Vec<Effect> {
    match answer.take::<Result<Request, String>>() {
        Some(Ok(request)) => vec![Effect::perform("policy.assign", request)],
        Some(Err(whom)) => {
            vec![Effect::Warn(format!("[ACT-04] nothing in the book is called \"{whom}\"; nothing was assigned"))]
        }
        None => Vec::new(),
    }
}

/// The screen of one policy.
pub struct PolicyScreen {
    line: PolicyLine,
    table: TablePane,
}

impl PolicyScreen {
    /// This policy.
    pub fn new(line: PolicyLine) -> PolicyScreen {
        let sort = Sort { column: "", descending: false };
        let table = TablePane::new("policy", "Levels", COLUMNS, sort, |entry| {
            vec![Effect::Go("templates", entry.about.clone())]
        });
        let mut screen = PolicyScreen { line, table };
        screen.fill();
        screen
    }

    fn fill(&mut self) {
        self.table.fill(self.line.policy.levels.iter().map(entry).collect());
        self.table.foot = rules(&self.line.policy);
    }
}

impl Screen for PolicyScreen {
    fn id(&self) -> &'static str {
        "policy"
    }
    fn title(&self) -> String {
        self.line.policy.name.clone()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let level = self.table.selected().and_then(|entry| u32::try_from(entry.id).ok());
        match (call.id, level) {
            ("policy.figures", Some(level)) => policy_form::level(&self.line, level, ctx),
            (id, _) if id.starts_with("policy.") => run(id, &self.line, ctx),
            _ => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        let name = self.line.policy.name.clone();
        vec![Effect::ask("line", move |reader| Ok(policies(reader)?.into_iter().find(|line| line.policy.name == name)))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "line" => {
                if let Some(Some(line)) = answer.take::<Option<PolicyLine>>() {
                    self.line = line;
                    self.fill();
                }
                Vec::new()
            }
            "versions" => versions(answer),
            "whom" => whom(answer),
            _ => self.table.answer(name, answer, ctx),
        }
    }
    fn inner(&self) -> Option<&dyn Screen> {
        Some(&self.table)
    }
    fn inner_mut(&mut self) -> Option<&mut dyn Screen> {
        Some(&mut self.table)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        self.table.view(buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let scopes = if self.line.scopes.is_empty() { "nobody".to_owned() } else { self.line.scopes.join("; ") };
        Status { counts: format!("version {}  under it: {scopes}", self.line.version), ..self.table.status(ctx) }
    }
}
