//! Templates of letters by kind and language: the program's own or edited, and what waits for a second person. Enter
//! shows one on a made-up letter, `e` edits it, `x` writes its text to a file.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use crate::acts::overview::{TemplateLine, check_template, sampled, template_lines};
use crate::acts::templates::key;
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::tui::app::overlay::{Confirm, Editor, TextBox};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status, Tier};
use crate::tui::ui::table::Column;
use crate::tui::ui::theme::Role;

/// `g f`, and `:templates FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("templates", &["g f"], "templates", "Texts of letters by kind and language.")
        .words("letter reminder mail text wording form")
        .takes("FILTER")
        .verb("template list")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = TemplateList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The keys of templates.
pub const COMMANDS: &[Command] = &[
    Command::write("template.edit", &["e"], "edit", "Edit the text here; a second person approves it.", Tier::Many)
        .hint(64)
        .right(Right::Settings)
        .words("change wording")
        .verb("template set"),
    Command::look("template.export", &["x"], "to a file", "Write the text to a file to edit, and how to take it in.")
        .hint(58)
        .words("export change wording")
        .verb("template export"),
    Command::write("template.reset", &["X"], "take back", "Take back to the program's own text.", Tier::Many)
        .hint(50)
        .right(Right::Settings)
        .words("reset shipped original")
        .verb("template reset"),
];

const COLUMNS: &[Column] = &[
    Column::words("name", "TEMPLATE", 'n', 0, 11, 14),
    Column::words("language", "LANGUAGE", 'l', 0, 8, 12),
    Column::words("words", "FOR", 'w', 1, 24, 50),
    Column::words("state", "TEXT", 't', 0, 8, 10),
    Column::words("waiting", "WAITS", 'a', 0, 6, 10),
];

/// The list of templates.
pub struct TemplateList {
    table: TablePane,
    lines: Vec<TemplateLine>,
}

impl Default for TemplateList {
    fn default() -> Self {
        TemplateList::new()
    }
}

impl TemplateList {
    /// Every template in every language.
    pub fn new() -> TemplateList {
        let sort = Sort { column: "", descending: false };
        let mut table = TablePane::new("templates", "Templates", COLUMNS, sort, |_| Vec::new()).counted_in("template");
        table.empty = vec!["loading templates".to_owned()];
        TemplateList { table, lines: Vec::new() }
    }

    fn selected(&self) -> Option<&TemplateLine> {
        let place = usize::try_from(self.table.selected()?.id).ok()?;
        self.lines.get(place)
    }

    /// The text over the list; saving it asks a second person, who reads the lines that change.
    fn edit(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(line) = self.selected() else { return Vec::new() };
        let (key, name, language) = (ctx.act_key(), line.name, line.language.clone());
        let save = move |text: &str| {
            check_template(name, &language, text)?;
            let act = Act::SetSetting { key: self::key(name, &language), value: text.to_owned() };
            Ok(vec![Effect::perform("template.edit", Request { key, act, expect: Vec::new() })])
        };
        let language = line.language.clone();
        let look = move |text: &str| sampled(name, &language, text);
        let draft = format!("template.{name}.{}", line.language);
        let waits = line.waiting.as_ref().map_or(String::new(), |request| format!(", {request} waits"));
        let title = format!("{name} in {}{waits}", line.spoken);
        let shown = format!("{name} in {}, on a made-up letter", line.spoken);
        let editor = Editor::new(title, draft, &line.text, save).looking(shown, look);
        vec![Effect::Overlay(Box::new(editor))]
    }

    fn write_out(&self) -> Vec<Effect> {
        let Some(line) = self.selected() else { return Vec::new() };
        let file = format!("{}.{}.txt", line.name, line.language);
        let how = vec![
            format!("Edit {file}, then check it and take it in:"),
            String::new(),
            format!("  o2c template check {file}"),
            format!("  o2c template set {file}"),
            String::new(),
            "A field no letter has is refused with its line; o2c template fields lists them all.".to_owned(),
            "A second person approves it, because money could be led astray through a letter.".to_owned(),
        ];
        let (text, what) = (line.text.clone(), "the template".to_owned());
        let title = format!("Edit {} in {}", line.name, line.spoken);
        vec![Effect::Save { file, text, what }, Effect::Overlay(Box::new(TextBox::new(title, how)))]
    }

    fn reset(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(line) = self.selected() else { return Vec::new() };
        let act = Act::SetSetting { key: key(line.name, &line.language), value: String::new() };
        let request = Request { key: ctx.act_key(), act, expect: Vec::new() };
        let question = format!("Take {} in {} back to the program's own text?", line.name, line.spoken);
        vec![Effect::Overlay(Box::new(Confirm::new(question, move || {
            vec![Effect::perform("template.reset", request)]
        })))]
    }
}

fn entry(place: usize, line: &TemplateLine) -> Entry {
    let (state, role) = if line.edited { ("edited", Role::Warn) } else { ("shipped", Role::Text) };
    let waiting = line.waiting.clone().unwrap_or_else(|| "-".to_owned());
    let mut why = vec![
        format!("{}: {}, {} lines in {}", line.name, line.words, line.lines, line.spoken),
        if line.edited { "edited in this book" } else { "the program's own" }.to_owned(),
    ];
    if let Some(request) = &line.waiting {
        why.push(format!("a change waits for a second person as {request} (g v)"));
    }
    Entry {
        id: i64::try_from(place).unwrap_or(0),
        about: line.name.to_owned(),
        parts: vec![
            Part::words(line.name),
            Part::words(&line.spoken),
            Part::words(line.words),
            Part::words(state).role(role),
            Part::words(&waiting),
        ],
        sum: None,
        late: None,
        on: None,
        state: state.to_owned(),
        why,
    }
}

impl Screen for TemplateList {
    fn id(&self) -> &'static str {
        "templates"
    }
    fn title(&self) -> String {
        "Templates".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        match (command.id, self.selected()) {
            ("template.edit" | "template.export" | "template.reset", None) => Err("no template is selected".to_owned()),
            ("template.reset", Some(line)) if !line.edited => Err("it is the program's own text already".to_owned()),
            _ => Ok(()),
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "list.open" => self.selected().map_or_else(Vec::new, |line| {
                let title = format!("{} in {}, on a made-up letter", line.name, line.spoken);
                vec![Effect::Overlay(Box::new(TextBox::new(title, sampled(line.name, &line.language, &line.text))))]
            }),
            "template.edit" => self.edit(ctx),
            "template.export" => self.write_out(),
            "template.reset" => self.reset(ctx),
            _ => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let today = ctx.today;
        vec![Effect::ask("templates", move |reader| template_lines(reader, today))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if name != "templates" {
            return self.table.answer(name, answer, ctx);
        }
        if let Some(found) = answer.take::<Vec<TemplateLine>>() {
            self.table.fill(found.iter().enumerate().map(|(place, line)| entry(place, line)).collect());
            self.lines = found;
        }
        Vec::new()
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
        let edited = self.lines.iter().filter(|line| line.edited).count();
        let status = self.table.status(ctx);
        Status { counts: format!("{}  {edited} edited", status.counts), ..status }
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "templates".to_owned(), arg: String::new(), row: String::new() })
    }
}
