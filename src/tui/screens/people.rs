//! Who works in the book: roles, department, limits, duties that meet in one person though they must not, and whose
//! authority is lent to whom. Forms add somebody and change each of these; what needs a second administrator is asked for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing, with_peek};
use super::people_forms as forms;
use crate::domain::authority::Right;
use crate::domain::duties;
use crate::domain::limits::LimitKind;
use crate::store::read::roster::{Member, Question, ids, roster};
use crate::tui::app::overlay::TextBox;
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want, Window};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{rest, wrap};
use crate::tui::ui::{paint, text};

/// `g u`, and `:people FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("people", &["g u"], "people", "Who may do what: roles, limits, departments, delegations.")
        .words("users rights permissions roles staff admin")
        .takes("FILTER")
        .verb("user list")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = People::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about people.
pub const COMMANDS: &[Command] = &[
    Command::write("person.add", &["a"], "add", "Add a person with a role and a department.", Tier::One)
        .hint(70)
        .right(Right::ManageUsers)
        .words("new user create")
        .verb("user add"),
    Command::write("person.role", &["r"], "role", "Give the person a role, or take one.", Tier::One)
        .hint(69)
        .right(Right::ManageUsers)
        .words("grant revoke rights")
        .verb("user role"),
    Command::write("person.limit", &["b"], "limit", "Set up to how much the person may do alone.", Tier::One)
        .hint(68)
        .right(Right::ManageUsers)
        .words("amount bound ceiling")
        .verb("user limit"),
    Command::write("person.department", &["d"], "department", "Move the person to a department.", Tier::One)
        .hint(60)
        .right(Right::ManageUsers)
        .words("team")
        .verb("user department"),
    Command::write("person.active", &["x"], "shut out", "Shut the person out, or let one in again.", Tier::Many)
        .hint(59)
        .right(Right::ManageUsers)
        .words("disable enable leave remove delete")
        .verb("user shut-out"),
    Command::write("person.delegate", &["p"], "delegate", "Lend your authority to approve, or end it.", Tier::One)
        .hint(58)
        .right(Right::Read)
        .words("holiday stand-in deputy proxy")
        .verb("user delegate"),
];

const COLUMNS: &[Column] = &[
    Column::words("login", "LOGIN", 'l', 0, 7, 12),
    Column::words("name", "NAME", 'n', 0, 14, 24),
    Column::words("roles", "ROLES", 'r', 0, 16, 40),
    Column::words("department", "DEPARTMENT", 'd', 3, 11, 16),
    Column::words("state", "STATE", 's', 1, 8, 8),
    Column::words("conflicts", "DUTIES", 'u', 2, 9, 12),
    Column::number("write-off", "WRITE-OFF", 'w', 5, 12),
    Column::number("credit-note", "CREDIT NOTE", 'c', 6, 12),
    Column::number("approval", "APPROVES", 'a', 4, 12),
    Column::words("lent", "AUTHORITY", 'h', 7, 10, 24),
];

impl Row for Member {
    type Id = i64;
    fn id(&self) -> i64 {
        self.person.id
    }
}

/// The list of people.
pub struct People {
    listing: Listing<Member>,
}

impl Default for People {
    fn default() -> Self {
        People::new()
    }
}

impl People {
    /// Everybody, by login.
    pub fn new() -> People {
        People { listing: Listing::new(COLUMNS, Sort { column: "login", descending: false }) }
    }

    fn question(&self, ctx: &Ctx) -> Question {
        Question { today: ctx.today, filter: self.listing.parsed.clone(), sort: self.listing.grid.sort }
    }
}

/// What lies between two people's authority, from the side of the member.
fn lent(member: &Member) -> String {
    let one = |lent: &crate::store::read::requests::Lent| {
        let until = text::day(lent.delegation.until);
        if lent.from == member.person.login {
            format!("lent to {} until {until}", lent.to)
        } else {
            format!("for {} until {until}", lent.from)
        }
    };
    member.lent.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn cells(member: &Member, ctx: &Ctx) -> Vec<Cell> {
    let person = &member.person;
    let state = if person.active { "active".into() } else { Cell::new("shut out", Role::Late) };
    let conflicts = match member.conflicts.len() {
        0 => "".into(),
        1 => Cell::new("1 clash!", Role::Warn),
        many => Cell::new(format!("{many} clash!"), Role::Warn),
    };
    let limit = |kind| -> Cell { member.limit(kind, ctx.numbers).into() };
    vec![
        person.login.as_str().into(),
        person.name.as_str().into(),
        person.roles.join(", ").into(),
        person.department.as_str().into(),
        state,
        conflicts,
        limit(LimitKind::WriteOff),
        limit(LimitKind::CreditNote),
        limit(LimitKind::Approval),
        lent(member).into(),
    ]
}

/// The limits on one line, those set for the person with a star: `write-offs 500.00*`.
fn limits(member: &Member, ctx: &Ctx) -> String {
    let parts = LimitKind::ALL.iter().zip(&member.limits).filter_map(|(kind, (_, own))| {
        let amount = member.limit(*kind, ctx.numbers);
        let star = if *own { "*" } else { "" };
        (!amount.is_empty()).then(|| format!("{} {amount}{star}", kind.words()))
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "nothing with a limit".to_owned() } else { parts.join(", ") }
}

fn peek(member: &Member, ctx: &Ctx) -> Vec<String> {
    let roles = if member.person.roles.is_empty() { "none".to_owned() } else { member.person.roles.join(", ") };
    let clash = match (&member.conflicts[..], lent(member)) {
        ([], lent) if lent.is_empty() => "no duties clash, no authority lent".to_owned(),
        ([], lent) => lent,
        (clashes, _) => format!("clash: {}", duties::words(clashes)),
    };
    vec![format!("{}  roles: {roles}", member.person.name), format!("alone up to: {}", limits(member, ctx)), clash]
}

/// What the row does not say, where there is little room.
fn short(listing: &Listing<Member>, width: u16, ctx: &Ctx) -> Vec<Vec<Fact<'static>>> {
    let Some(member) = listing.list.selected() else { return Vec::new() };
    let limit = |kind| match member.limit(kind, ctx.numbers) {
        none if none.is_empty() => "-".to_owned(),
        amount => amount,
    };
    let more = rest(&member.person.roles.join(", "), listing.room("roles", width), ctx.glyphs);
    let clash = match &member.conflicts[..] {
        [] if member.lent.is_empty() => "-".to_owned(),
        [] => lent(member),
        [only] => duties::words(&[*only]),
        [first, others @ ..] => format!("{} and {} more", duties::words(&[*first]), others.len()),
    };
    vec![
        vec![("", more, 70)],
        vec![
            ("write-offs", limit(LimitKind::WriteOff), 12),
            ("credit notes", limit(LimitKind::CreditNote), 12),
            ("approves", limit(LimitKind::Approval), 12),
        ],
        vec![(if member.conflicts.is_empty() { "lent" } else { "clash" }, clash, 70)],
    ]
}

/// Everything about one person.
fn detail(member: &Member, ctx: &Ctx) -> Vec<String> {
    let person = &member.person;
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let mut out = vec![
        format!("{} ({})", person.name, person.login),
        format!("department  {}", or_none(&person.department)),
        format!("state       {}", if person.active { "may sign in" } else { "shut out" }),
        String::new(),
        "ROLES AND WHAT THEY MAY".to_owned(),
    ];
    for role in person.held() {
        let rights: Vec<&str> = role.rights().iter().skip(1).map(|right| right.words()).collect();
        out.push(format!("  {}: {}", role.name(), or_none(&rights.join(", "))));
    }
    out.extend([String::new(), format!("LIMITS IN {} (* set for this person, else by role)", member.base)]);
    for (kind, (_, own)) in LimitKind::ALL.iter().zip(&member.limits) {
        let amount = member.limit(*kind, ctx.numbers);
        let amount = if amount.is_empty() { "may not at all".to_owned() } else { amount };
        out.push(format!("  {:<30}{amount}{}", kind.words(), if *own { " *" } else { "" }));
    }
    out.extend([String::new(), "DUTIES THAT MUST NOT BE ONE PERSON'S".to_owned()]);
    out.extend(member.conflicts.iter().map(|(one, other)| format!("  {one}  and  {other}")));
    if member.conflicts.is_empty() {
        out.push("  none meet".to_owned());
    }
    out.extend([String::new(), "AUTHORITY TO APPROVE".to_owned(), format!("  {}", or_none(&lent(member)))]);
    out
}

impl ListScreen for People {
    type Line = Member;
    fn listing(&self) -> &Listing<Member> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<Member> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "people"
    }
    fn title(&self) -> String {
        "People".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| roster(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(window) = answer.take::<Window<Member>>() {
            self.listing.list.load(window);
        }
    }
    fn open(&self, member: &Member, ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Overlay(Box::new(TextBox::new(member.person.name.clone(), detail(member, ctx))))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match (call.id, self.listing.list.selected()) {
            ("person.add", _) => forms::add(ctx),
            (id, Some(member)) => forms::change(id, member, ctx),
            _ => Vec::new(),
        }
    }
    fn term(&self, member: &Member, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "roles" => format!("tag:{}", member.person.roles.first()?),
            "state" => format!("state:\"{}\"", if member.person.active { "active" } else { "shut out" }),
            "department" => format!("reason:\"{}\"", member.person.department),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if command.id == "person.add" || !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        if self.listing.list.marked() > 1 {
            return Err("one person at a time; Esc drops the marks".to_owned());
        }
        let Some(member) = self.listing.list.selected() else { return Err("nobody is selected".to_owned()) };
        forms::guard(command.id, member, ctx)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (theme, glyphs, style) = (ctx.theme, ctx.glyphs, ctx.style(Role::Text));
        let listing = &self.listing;
        let draw = |buf: &mut Buffer, area: Rect| {
            if listing.list.is_loaded() && listing.list.total() == 0 {
                let empty = format!("nobody passes {}; / changes it", listing.filter);
                paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), glyphs);
                return;
            }
            listing.draw(buf, area, ctx, focused, Vec::new(), |member| cells(member, ctx));
        };
        let selected = listing.list.selected();
        if class(ctx.size.0, ctx.size.1) < Class::M || ctx.zoom {
            let [list, inside] = with_peek(buf, area, 3, ctx);
            draw(buf, list);
            return paint::facts(buf, inside, &short(listing, area.width, ctx), theme, glyphs);
        }
        let [list, below] = layout::above(area, if area.height >= 30 { area.height * 3 / 5 } else { 5 });
        let inside = paint::frame(buf, list, "People", &listing.place(), focused, theme, glyphs);
        draw(buf, inside);
        let title = selected.map_or("", |member| &member.person.name);
        let inside = paint::frame(buf, below, title, "Enter shows all", false, theme, glyphs);
        let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
        let lines = selected.map(|member| if inside.height > 3 { detail(member, ctx) } else { peek(member, ctx) });
        let width = usize::from(inside.width).max(1);
        let lines: Vec<String> = lines.unwrap_or_default().iter().flat_map(|line| wrap(line, width)).collect();
        paint::lines(buf, inside, &lines, style, glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        let rows = self.listing.list.rows();
        let clashes = rows.iter().filter(|member| !member.conflicts.is_empty()).count();
        let out = rows.iter().filter(|member| !member.person.active).count();
        let mut parts = vec![format!("{} people", self.listing.list.total())];
        if clashes > 0 {
            parts.push(format!("{clashes} with duties that clash!"));
        }
        if out > 0 {
            parts.push(format!("{out} shut out"));
        }
        parts.join("  ")
    }
    fn note(&self, _ctx: &Ctx) -> String {
        if self.listing.list.is_loaded() { "" } else { "loading people" }.to_owned()
    }
    fn raw_head(&self, ctx: &Ctx) -> String {
        let limits = LimitKind::ALL.map(|kind| format!("{} {}", kind.name(), ctx.base)).join("\t");
        format!("login\tname\troles\tdepartment\tstate\tconflicts\t{limits}")
    }
    fn raw(&self, member: &Member, _ctx: &Ctx) -> String {
        let person = &member.person;
        let plain =
            LimitKind::ALL.map(|kind| member.limit(kind, crate::domain::money::NumberStyle::Point).replace(',', ""));
        let state = if person.active { "active" } else { "shut out" };
        let (roles, clashes) = (person.roles.join(", "), duties::words(&member.conflicts));
        let cells = [&*person.login, &person.name, &roles, &person.department, state, &clashes].join("\t");
        format!("{cells}\t{}", plain.join("\t"))
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(detail(self.listing.list.selected()?, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let member = self.listing.list.selected()?;
        let days = crate::domain::limits::WINDOW_DAYS;
        Some(vec![
            format!("alone up to: {}", limits(member, ctx)),
            "A star marks a limit set for the person; without one the highest role with the right decides.".to_owned(),
            format!("What somebody does of a kind for one customer within {days} days counts together."),
        ])
    }
}
