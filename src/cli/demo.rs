//! `o2c demo`: a seeded book, written to a file or opened at once in a temporary place.

use std::path::PathBuf;
use std::process::ExitCode;

use super::args::Demo;
use super::out;
use super::progress::Progress;
use super::session::Session;
use super::stop::Stop;
use crate::demo::{self, Plan, Size};
use crate::store::BookPath;
use crate::tui::session::Start;

/// Answers the verb.
pub(super) fn run(mut session: Session, wanted: &Demo) -> Result<ExitCode, Stop> {
    if session.known.enforced() {
        return Err(Stop::usage(
            "The demo is for a machine of your own; this one keeps a shared book. Nothing was made.",
        ));
    }
    let size = Size {
        customers: wanted.customers.unwrap_or(Size::default().customers),
        invoices: wanted.invoices.unwrap_or(Size::default().invoices),
    };
    if size.customers == 0 || size.invoices == 0 {
        return Err(Stop::usage("A demo has at least one customer and one invoice."));
    }
    let plan = Plan { size, seed: wanted.seed, today: session.today };
    if let Some(path) = &wanted.out {
        make(path.clone(), &plan)?;
        let open = format!("o2c --book {}", path.display());
        out::say(&format!("Demo book of {} customers and {} invoices: {open}", size.customers, size.invoices))?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = Folder::new()?;
    let path = folder.0.join("demo.db");
    make(path.clone(), &plan)?;
    session.global.book = Some(path);
    session.global.user.get_or_insert_with(|| demo::user().to_owned());
    let terms = Start { tutor: wanted.tutor, ..super::terms(&session)? };
    crate::tui::session::run(&terms).map_err(super::ended)?;
    Ok(ExitCode::SUCCESS)
}

fn make(path: PathBuf, plan: &Plan) -> Result<(), Stop> {
    let mut line = Progress::new("Writing the demo");
    Ok(demo::make(&BookPath::new(path), plan, &mut |done, total| line.step(done, total))?)
}

/// A folder of its own that goes away with the program.
pub(super) struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Result<Self, Stop> {
        let name = format!("o2c-demo-{}-{}", std::process::id(), &crate::acts::ActKey::random().hex()[..8]);
        let path = std::env::temp_dir().join(name);
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| {
            Stop::trouble(
                "FIL-05",
                format!("The folder {} for a passing book cannot be made: {error}.", path.display()),
            )
        })?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
