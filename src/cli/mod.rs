//! The same reads and acts as verbs: text, JSON or CSV out, one sentence on anything refused.
//!
//! [`main`] reads the arguments ([`args`]), opens the book ([`session`]) and runs one verb; everything a verb prints
//! goes through [`out`]. Exit codes: 0 done, 1 findings or refusal, 2 usage, 3 the disk failed or it is not known what
//! happened.

mod admin;
mod aging;
mod args;
mod import;
mod out;
mod progress;
mod refused_file;
mod session;
mod stop;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Verb};
use session::Session;
use stop::Stop;

pub use args::{Color, Global, command};

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for and go to stdout; everything else is a wrong use.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(args) {
        Ok(code) => code,
        Err(stop) => {
            stop.print();
            ExitCode::from(stop.code)
        }
    }
}

fn run(args: Args) -> Result<ExitCode, Stop> {
    let session = Session::new(args.global);
    let Some(verb) = args.verb else { return start_tui(&session) };
    match verb {
        Verb::Init(init) => admin::init(&session, &init),
        Verb::Import(import) => import::run(&session, &import),
        Verb::Aging(aging) => aging::run(&session, &aging),
        Verb::User(user) => admin::user(&session, &user),
        Verb::Rate(rate) => admin::rate(&session, &rate),
        Verb::Target(target) => admin::target(&session, &target),
        Verb::Completions(completions) => admin::completions(&completions),
        Verb::Man => admin::man(),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the workstation on the session's book.
fn start_tui(_session: &Session) -> Result<ExitCode, Stop> {
    Err(Stop::usage("The workstation is not part of this build. Name a verb; `o2c --help` lists them."))
}
