//! Saved views: a screen with its filter, sort and columns under a name, kept for each person. Any screen lists them
//! all; choosing one goes to its screen first. The command line reads the same texts.

use super::command::Call;
use super::effect::Effect;
use super::grid::Grid;
use super::list::Sort;
use super::overlay::{Confirm, Field, Form, Item, Kind, Menu};
use super::state::App;
use crate::tui::ui::table::Column;

/// What the names of all saved views begin with in a person's memory.
pub const VIEWS: &str = "view.";

/// A saved view as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// The screen it belongs to: `customers`.
    pub screen: String,
    /// Its name.
    pub name: String,
    text: String,
}

impl SavedView {
    /// The view remembered under this key; `None` where the key is not that of a view.
    pub fn read(key: &str, text: &str) -> Option<SavedView> {
        let (screen, name) = key.strip_prefix(VIEWS)?.rsplit_once('.')?;
        Some(SavedView { screen: screen.to_owned(), name: name.to_owned(), text: text.to_owned() })
    }

    /// The filter, as it is typed.
    pub fn filter(&self) -> &str {
        self.text.rsplit(['\n', '\t']).next().unwrap_or_default()
    }

    /// Column and direction of the sort and the columns in order, as [`Grid::written`] writes them.
    pub fn written(&self) -> &str {
        let (grid, _) = self.text.split_once(['\n', '\t']).unwrap_or_default();
        grid
    }

    /// Sort and columns, among those of its screen.
    pub fn grid(&self, columns: &'static [Column], natural: Sort) -> Grid {
        let mut grid = Grid::new(columns, natural);
        grid.read(self.written());
        grid
    }

    /// How it is called from anywhere: its screen and its name.
    pub fn reference(&self) -> String {
        format!("{}.{}", self.screen, self.name)
    }

    fn key(&self) -> String {
        key(&self.screen, &self.name)
    }
}

fn key(screen: &str, name: &str) -> String {
    format!("{VIEWS}{screen}.{name}")
}

/// A view is named on the command line as well, and the dot stands between the screen and the name.
fn named_well(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
}

impl App {
    /// All saved views, those of the part with the focus first.
    pub(super) fn saved_views(&self) -> Vec<SavedView> {
        let here = self.focused().1.id();
        let mut all: Vec<SavedView> = self.memory.iter().filter_map(|(key, text)| SavedView::read(key, text)).collect();
        all.sort_by_key(|view| view.screen != here);
        all
    }

    pub(super) fn view_command(&mut self, call: &Call) {
        match (call.id, call.args.trim()) {
            ("view", name) if !name.is_empty() => {
                if let Some(view) = self.find_view(name) {
                    self.show_view(&view);
                }
            }
            ("view.drop", name) if !name.is_empty() => {
                if let Some(view) = self.find_view(name) {
                    self.ask_view_drop(&view);
                }
            }
            ("view.save", name) if named_well(name) => self.save_view(name),
            ("view.save", "") => self.ask_view_name(),
            ("view.save", name) => {
                self.warn(format!("\"{name}\" is no name for a view; use letters, digits, - and _ only"));
            }
            _ => match self.saved_views() {
                none if none.is_empty() => self.say("no view is saved yet; z s saves this one".to_owned()),
                all => self.choose_view(all),
            },
        }
    }

    fn ask_view_name(&mut self) {
        let check = |text: &str| {
            if named_well(text) { Ok(String::new()) } else { Err("letters, digits, - and _ only".to_owned()) }
        };
        let save =
            |values: &[String]| Ok(vec![Effect::Run(Call { args: values[0].clone(), ..Call::new("view.save") })]);
        let form = Form::new("Save view", save).field(Field::new("name", Kind::Text, "", check));
        let (id, pane) = (self.top().id, self.focused().0);
        self.wish(id, pane, vec![Effect::Overlay(Box::new(form))]);
    }

    fn choose_view(&mut self, all: Vec<SavedView>) {
        let here = self.focused().1.id();
        let item = |view: &SavedView| {
            let place = self.places.iter().find(|place| place.command.id == view.screen);
            let place = place.map_or(view.screen.as_str(), |place| place.command.title);
            Item::new(&view.name, if view.screen == here { "" } else { place })
        };
        let items = all.iter().map(item).collect();
        let names: Vec<String> = all.iter().map(SavedView::reference).collect();
        let run = |id, names: Vec<String>| {
            move |index: usize| vec![Effect::Run(Call { args: names[index].clone(), ..Call::new(id) })]
        };
        let menu = Menu::new("Views", items, run("view", names.clone())).also('x', "delete", run("view.drop", names));
        let (id, pane) = (self.top().id, self.focused().0);
        self.wish(id, pane, vec![Effect::Overlay(Box::new(menu))]);
    }

    /// Asks before a view goes: its filter would have to be typed again.
    fn ask_view_drop(&mut self, view: &SavedView) {
        let filter = if view.filter().is_empty() { "no filter" } else { view.filter() };
        let question = format!("Delete the view {} of {} ({filter})?", view.name, view.screen);
        let (key, said) = (view.key(), format!("deleted view {}", view.reference()));
        let yes = move || vec![Effect::Remember { key, value: String::new() }, Effect::Say(said)];
        let (id, pane) = (self.top().id, self.focused().0);
        self.wish(id, pane, vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))]);
    }

    /// The view of that name: on this screen, else the only one there is; several are asked about.
    fn find_view(&mut self, name: &str) -> Option<SavedView> {
        let here = self.focused().1.id();
        let all = self.saved_views();
        let whole = |view: &&SavedView| name.rsplit_once('.').is_some_and(|(s, n)| view.screen == s && view.name == n);
        let same: Vec<SavedView> = all.iter().filter(|view| view.name == name).cloned().collect();
        match (all.iter().find(whole), &same[..]) {
            (Some(view), _) => return Some(view.clone()),
            (None, [first, ..]) if first.screen == here => return Some(first.clone()),
            (None, [only]) => return Some(only.clone()),
            (None, []) => self.warn(format!("no view is called \"{name}\"; z v lists them")),
            (None, _) => self.choose_view(same),
        }
        None
    }

    /// Goes to the view's screen, unless the focus is there, and shows it.
    fn show_view(&mut self, view: &SavedView) {
        if self.focused().1.id() != view.screen {
            let Some(place) = self.places.iter().find(|place| place.command.id == view.screen) else {
                let (name, screen) = (&view.name, &view.screen);
                return self.warn(format!("view {name} belongs to a part of a screen ({screen}); choose it there"));
            };
            self.go(place.command.id, "");
        }
        let id = self.top().id;
        let (pane, part) = self.focused();
        if part.id() != view.screen {
            return;
        }
        let ctx = self.ctx.clone();
        let effects = self.part(id, pane).map(|part| part.apply_view(&view.text, &ctx)).unwrap_or_default();
        self.wish(id, pane, effects);
        self.viewed = Some((id, view.name.clone(), view.text.clone()));
        self.say(format!("view: {}", view.name));
    }

    fn save_view(&mut self, name: &str) {
        let part = self.focused().1;
        if let Some(text) = part.saved_view() {
            let view = SavedView { screen: part.id().to_owned(), name: name.to_owned(), text };
            self.viewed = Some((self.top().id, name.to_owned(), view.text.clone()));
            self.remember(view.key(), view.text);
            self.say(format!("saved view {name}; :view {name} shows it from anywhere"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_as_it_was_remembered() {
        let list = SavedView::read("view.customers.month-end", "-open name,open,!days\nover>30 owner:me").unwrap();
        assert_eq!((list.screen.as_str(), list.name.as_str()), ("customers", "month-end"));
        assert_eq!((list.written(), list.filter()), ("-open name,open,!days", "over>30 owner:me"));
        let aging = SavedView::read("view.aging.q", "total name,total\tdue\tseparate\t\t0\tcur:eur").unwrap();
        assert_eq!((aging.written(), aging.filter()), ("total name,total", "cur:eur"));
        let pane = SavedView::read("view.desk.customers.top", "open name,open\n").unwrap();
        assert_eq!((pane.screen.as_str(), pane.filter()), ("desk.customers", ""));
        assert_eq!(pane.key(), "view.desk.customers.top");
        assert!(SavedView::read("mark.a", "x").is_none());
    }
}
