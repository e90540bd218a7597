//! The thin binary: arguments to the command line or the workstation, errors to one sentence and an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    o2c::cli::main()
}
