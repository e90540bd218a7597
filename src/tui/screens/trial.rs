//! A policy on trial beside its control: the same figures of both groups over the same days, with the arithmetic of each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::kpis_view::value;
use crate::domain::kpi::Kpi;
use crate::store::read::trial::{IN_TIME, Trial, trials};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status};
use crate::tui::ui::table::Column;
use crate::tui::ui::text;

/// `:trial`, and `t` on the key figures.
pub const PLACE: Place = Place {
    command: Command::look("trial", &[], "trial", "A policy on trial for a share, beside the others as control.")
        .words("experiment compare control group segment share policy")
        .verb("policy compare")
        .scope(Scope::Global),
    tab: None,
    open: |_, _| Some(Box::new(TrialScreen::new())),
};

const COLUMNS: &[Column] = &[
    Column::words("measure", "MEASURE", 'm', 0, 32, 36),
    Column { min: 12, max: 14, ..Column::number("trial", "ON TRIAL", 't', 0, 14) },
    Column { min: 12, max: 14, ..Column::number("control", "CONTROL", 'c', 0, 14) },
    Column { min: 12, max: 14, ..Column::number("difference", "DIFFERENCE", 'd', 1, 14) },
];

/// The comparison on the screen.
pub struct TrialScreen {
    table: TablePane,
    trials: Vec<Trial>,
}

impl Default for TrialScreen {
    fn default() -> Self {
        TrialScreen::new()
    }
}

impl TrialScreen {
    /// Every policy that is on trial.
    pub fn new() -> TrialScreen {
        let sort = Sort { column: "", descending: false };
        let mut table =
            TablePane::new("trial", "Trial", COLUMNS, sort, |_| vec![Effect::Go("policies", String::new())]);
        table.empty = vec!["comparing both groups".to_owned()];
        TrialScreen { table, trials: Vec::new() }
    }

    /// The figure of both groups that an entry is about.
    fn pair(&self) -> Option<(&Trial, &Kpi, &Kpi)> {
        let id = usize::try_from(self.table.selected()?.id).ok()?;
        let trial = self.trials.get(id / 100)?;
        Some((trial, trial.trial.figures.get(id % 100)?, trial.control.figures.get(id % 100)?))
    }
}

fn entries(place: usize, trial: &Trial, ctx: &Ctx) -> Vec<Entry> {
    let pairs = trial.trial.figures.iter().zip(&trial.control.figures).enumerate();
    pairs
        .map(|(at, (of_trial, of_control))| {
            let difference = of_trial.value.zip(of_control.value).map(|(a, b)| a - b);
            let unit = of_trial.unit;
            Entry {
                id: i64::try_from(place * 100 + at).unwrap_or(0),
                about: trial.segment.clone(),
                parts: vec![
                    Part::words(of_trial.name),
                    Part::words(&value(of_trial.value, unit, ctx)),
                    Part::words(&value(of_control.value, unit, ctx)),
                    Part::words(&value(difference, unit, ctx)),
                ],
                sum: None,
                late: None,
                on: None,
                state: String::new(),
                why: about(trial),
            }
        })
        .collect()
}

/// Who is compared with whom, over which days.
fn about(trial: &Trial) -> Vec<String> {
    let (on_trial, control) = (&trial.trial, &trial.control);
    vec![
        format!("on trial: {}, {} customers of {}", on_trial.policy, on_trial.customers, trial.segment),
        format!("control: {}, the other {} customers of the segment", control.policy, control.customers),
        format!("from {} to {}; = shows the arithmetic", text::day(trial.since), text::day(trial.until)),
    ]
}

impl Screen for TrialScreen {
    fn id(&self) -> &'static str {
        "trial"
    }
    fn title(&self) -> String {
        "Trial".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        &[]
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        self.table.run(call, ctx)
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (today, base) = (ctx.today, ctx.base);
        vec![Effect::ask("trials", move |reader| trials(reader, today, None, base))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if name != "trials" {
            return self.table.answer(name, answer, ctx);
        }
        if let Some(found) = answer.take::<Vec<Trial>>() {
            self.table.empty = vec![
                "No policy is on trial: none is assigned to a share of a segment.".to_owned(),
                "g y, then a with a segment such as share:30 begins one.".to_owned(),
            ];
            let all = found.iter().enumerate().flat_map(|(place, trial)| entries(place, trial, ctx)).collect();
            self.table.fill(all);
            self.table.foot = found.iter().flat_map(about).collect();
            self.trials = found;
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
        let counts = match self.trials.len() {
            1 => format!("{} beside {}", self.trials[0].trial.policy, self.trials[0].control.policy),
            many => format!("{many} trials"),
        };
        Status { counts, ..self.table.status(ctx) }
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let (trial, of_trial, of_control) = self.pair()?;
        let mut lines = Vec::new();
        for (group, figure) in [("on trial", of_trial), ("control", of_control)] {
            lines.push(format!("{group}: {}", figure.arithmetic));
            for (label, input) in &figure.inputs {
                lines.push(format!("  {label:<30} {:>18}", crate::domain::kpi::show(*input)));
            }
        }
        lines.push(String::new());
        lines.push(format!(
            "invoices due from {} on, until {IN_TIME} days before {}; amounts in {}",
            text::day(trial.since),
            text::day(trial.until),
            ctx.base
        ));
        Some(lines)
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "trial".to_owned(), arg: String::new(), row: String::new() })
    }
}
