//! Dunning policies: version, who is under each, letters sent by it. Enter shows the levels as a table, `a` gives a
//! policy to somebody, `E` changes its rules in a form, `e` writes it as TOML to edit, `c` tells what each version changed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::policy::{self, PolicyScreen};
use crate::acts::overview;
use crate::domain::authority::Right;
use crate::store::read::policies::{PolicyLine, policies};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status, Tier};
use crate::tui::ui::table::Column;
use crate::tui::ui::theme::Role;

/// `g y`, and `:policies`.
pub const PLACE: Place = Place {
    command: Command::look("policies", &["g y"], "policies", "Dunning policies, their levels and who is under them.")
        .words("dunning levels waits fees segment assignment")
        .verb("policy list")
        .scope(Scope::Global),
    tab: None,
    open: |_, _| Some(Box::new(PolicyList::new())),
};

/// The keys of policies.
pub const COMMANDS: &[Command] = &[
    Command::write(
        "policy.assign",
        &["a"],
        "assign",
        "Give the policy to the company, a segment, a customer …",
        Tier::Many,
    )
    .hint(64)
    .right(Right::Settings)
    .words("scope segment share customer invoice none")
    .verb("policy assign"),
    Command::write(
        "policy.figures",
        &["E"],
        "figures",
        "Change the rules, or the level under the cursor, in a form.",
        Tier::Many,
    )
    .hint(63)
    .right(Right::Settings)
    .words("edit days fee minimum channel template effect level grace")
    .verb("policy import"),
    Command::write("policy.edit", &["e"], "edit", "Edit it as text: levels added, taken out; or a copy.", Tier::Many)
        .hint(62)
        .right(Right::Settings)
        .words("toml change levels new add remove copy interest")
        .verb("policy import"),
    Command::look("policy.export", &["x"], "to a file", "Write the policy as TOML to edit, and how to take it in.")
        .hint(56)
        .words("toml import")
        .verb("policy export"),
    Command::look("policy.versions", &["c"], "versions", "Every version: who wrote it and what it changed.")
        .hint(60)
        .words("history changes diff")
        .verb("policy versions"),
];

const COLUMNS: &[Column] = &[
    Column::words("name", "POLICY", 'n', 0, 12, 24),
    Column::number("version", "VERSION", 'r', 1, 7),
    Column::number("levels", "LEVELS", 'l', 1, 6),
    Column::number("letters", "LETTERS", 't', 2, 7),
    Column::words("scopes", "UNDER IT", 'u', 0, 24, 80),
];

/// The list of policies.
pub struct PolicyList {
    table: TablePane,
    lines: Vec<PolicyLine>,
}

impl Default for PolicyList {
    fn default() -> Self {
        PolicyList::new()
    }
}

impl PolicyList {
    /// Every policy.
    pub fn new() -> PolicyList {
        let sort = Sort { column: "", descending: false };
        let mut table = TablePane::new("policies", "Policies", COLUMNS, sort, |_| Vec::new());
        table.empty = vec!["loading policies".to_owned()];
        PolicyList { table, lines: Vec::new() }
    }

    fn selected(&self) -> Option<&PolicyLine> {
        let place = usize::try_from(self.table.selected()?.id).ok()?;
        self.lines.get(place)
    }
}

fn entry(place: usize, line: &PolicyLine) -> Entry {
    let scopes = if line.scopes.is_empty() { "nobody".to_owned() } else { line.scopes.join("; ") };
    let number = |number: i64| Part::words(&number.to_string());
    let role = if line.scopes.is_empty() { Role::Dim } else { Role::Text };
    let mut why = vec![format!("{} version {}: {scopes}", line.policy.name, line.version)];
    why.extend(policy::rules(&line.policy));
    Entry {
        id: i64::try_from(place).unwrap_or(0),
        about: line.policy.name.clone(),
        parts: vec![
            Part::words(&line.policy.name),
            number(line.version),
            number(line.policy.levels.len() as i64),
            number(line.letters),
            Part::words(&scopes).role(role),
        ],
        sum: None,
        late: None,
        on: None,
        state: String::new(),
        why,
    }
}

impl Screen for PolicyList {
    fn id(&self) -> &'static str {
        "policies"
    }
    fn title(&self) -> String {
        "Policies".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        policy::guard(command.id, self.selected())
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let line = self.selected().cloned();
        match (call.id, line) {
            ("list.open", Some(line)) if line.version > 0 => vec![Effect::Open(Box::new(PolicyScreen::new(line)))],
            ("list.open", _) => vec![Effect::Say("under none no letter goes out".to_owned())],
            (id, Some(line)) if id.starts_with("policy.") => policy::run(id, &line, ctx),
            _ => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::ask("policies", policies)]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "policies" => {
                if let Some(found) = answer.take::<Vec<PolicyLine>>() {
                    self.table.empty = vec![
                        "No policy is in the book; nobody gets a letter.".to_owned(),
                        "o2c policy import FILE.toml takes one in, a gives it to somebody.".to_owned(),
                    ];
                    self.table.fill(found.iter().enumerate().map(|(place, line)| entry(place, line)).collect());
                    self.lines = found;
                }
                Vec::new()
            }
            "versions" => policy::versions(answer),
            "whom" => policy::whom(answer),
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
        let many = self.lines.len();
        let counts = if many == 1 { "1 policy".to_owned() } else { format!("{many} policies") };
        Status { counts, ..self.table.status(ctx) }
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'i' => self.selected().map(|line| (overview::toml(&line.policy), "the policy as TOML".to_owned())),
            _ => self.table.selected_text(what, ctx),
        }
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "policies".to_owned(), arg: String::new(), row: String::new() })
    }
}
