//! The thin binary: arguments to the command line or the workstation, errors to one sentence and an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A fault of the program ends it at once, in whatever thread: told, with the usual code, and without a core file, in
    // which customers would be.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        told(info);
        std::process::exit(101);
    }));
    o2c::cli::main()
}
