//! What the program says on disks as they are: full, read-only, without inodes, folders that may not be written, files
//! beside the book missing or in the way. Each in a mount namespace of its own, where this machine lets a user have one;
//! where it does not, the test says so and is skipped by name.

use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_o2c");

/// A script in a namespace with a small disk at `disk`; gives its exit code and what it said. `None` where not allowed.
fn on_disk(test: &str, options: &str, script: &str) -> Option<(i32, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    if !namespaces(&disk) {
        println!("skipped: {test}, this machine allows no mount namespaces (unshare -Urm)");
        return None;
    }
    let whole = format!("set -u\nmount -t tmpfs -o {options} none disk\n{script}");
    let output = unshared(folder.path(), &whole);
    println!("filesystem scenario: {test}, exit {}", output.status);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Some((output.status.code().unwrap_or(-1), said))
}

fn unshared(folder: &Path, script: &str) -> Output {
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", script]).current_dir(folder);
    command.env("O2C", PROGRAM).env("O2C_BOOK", "disk/books.db").env("USER", "tess").env_remove("O2C_TEST_WORKER");
    command.output().expect("unshare starts")
}

fn namespaces(disk: &Path) -> bool {
    let probe = format!("mount -t tmpfs -o size=64k none '{}'", disk.display());
    let folder = disk.parent().expect("a parent");
    Command::new("unshare").arg("--version").output().is_ok() && unshared(folder, &probe).status.success()
}

/// Makes the book and a customer; fills the disk with `FILL`.
const BOOK: &str = r#"
run() { "$O2C" --today 2026-03-31 "$@"; }
run init --company Nordwind --currency EUR >/dev/null || exit 90
printf 'number,customer,document_date,due_date,amount,currency\n1,C1,2026-01-05,2026-02-05,10.00,EUR\n' > rows.csv
run import invoices rows.csv >/dev/null || exit 91
"#;
const FILL: &str =
    "dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null; dd if=/dev/zero of=disk/rest bs=1 count=4096 2>/dev/null\n";

#[track_caller]
fn holds(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "no \"{word}\" in:\n{said}");
    }
    assert!(!said.contains("panicked") && !said.contains("SqliteFailure"), "{said}");
}

#[test]
fn on_a_full_disk_nothing_is_posted_reading_works_and_space_is_all_it_needs() {
    let script = format!(
        "{BOOK}{FILL}
n=0; while [ $n -lt 200 ]; do n=$((n+1)); run note C1 \"$(printf %0150d $n)\" >out 2>&1 || break; done
code=$?; [ $n -lt 200 ] || exit 92
cat out
run items || exit 93
run check || exit 94
rm disk/filler disk/rest
run note C1 'there is room again' || exit 95
run check || exit 96"
    );
    let Some((code, said)) = on_disk("full disk", "size=2m", &script) else { return };
    assert_eq!(code, 0, "{said}");
    // Where the disk has room for nothing at all, the program looks into the book before it says so: DB-04 then.
    assert!(said.contains("[DB-02]") || said.contains("[DB-04]"), "{said}");
    holds(&said, &["The disk is full", "Nothing was", "eading still works", "Note: C1", "10.00"]);
}

#[test]
fn an_import_that_does_not_fit_leaves_the_book_as_it_was() {
    let script = format!(
        "{BOOK}
{{ head -1 rows.csv; n=0; while [ $n -lt 20000 ]; do n=$((n+1)); echo \"A$n,C1,2026-01-05,2026-02-05,10.00,EUR\"; done; }} > big.csv
before=$(run export postings | sha256sum)
run import invoices big.csv 2>&1 && exit 92
[ \"$before\" = \"$(run export postings | sha256sum)\" ] || exit 93
run check || exit 94"
    );
    let Some((code, said)) = on_disk("import on a full disk", "size=3m", &script) else { return };
    assert_eq!(code, 0, "{said}");
    holds(&said, &["[DB-02]", "The disk is full"]);
}

#[test]
fn a_copy_that_does_not_fit_is_not_kept() {
    let script = format!("{BOOK}{FILL}run backup disk/copy.db 2>&1; echo code $?; ls disk");
    let Some((_, said)) = on_disk("backup on a full disk", "size=2m", &script) else { return };
    holds(&said, &["code 3", "o2c: [DB-0"]);
    assert!(!said.contains("copy.db.partial\n") && !said.contains("\ncopy.db"), "{said}");
}

#[test]
fn a_disk_mounted_read_only_is_read_and_not_written() {
    let script = format!(
        "{BOOK}mount -o remount,ro disk || exit 92
run items; echo code $?
run note C1 x 2>&1; echo code $?
run backup copy.db; echo code $?
run check; echo code $?
mount -o remount,rw disk
run note C1 'again' && run check"
    );
    let Some((code, said)) = on_disk("read-only disk", "size=4m", &script) else { return };
    assert_eq!(code, 0, "{said}");
    holds(&said, &["[DB-03]", "read-only", "code 3", "10.00", "Note: C1"]);
}

#[test]
fn a_folder_without_room_for_another_file_is_said() {
    // Inodes: the folder, the book, and none for the files beside it.
    let script = format!(
        "{BOOK}rm -f disk/books.db-wal disk/books.db-shm; n=0; while touch disk/f$n 2>/dev/null; do n=$((n+1)); done
run note C1 x 2>&1; echo code $?
rm disk/f*; run note C1 again && run check"
    );
    let Some((code, said)) = on_disk("no inodes", "size=4m,nr_inodes=12", &script) else { return };
    assert_eq!(code, 0, "{said}");
    holds(&said, &["code 3", "o2c: [DB-0", "Note: C1"]);
}

#[test]
fn files_in_the_way_beside_the_book() {
    let script = format!(
        "{BOOK}
rm -f disk/books.db-wal disk/books.db-shm; mkdir disk/books.db-wal
run note C1 x 2>&1; echo code $?
rmdir disk/books.db-wal
head -c 5000 /dev/urandom > disk/books.db-wal
run items >/dev/null 2>&1; run check; echo check $?
rm -f disk/books.db-shm; head -c 40000 /dev/urandom > disk/books.db-shm
run note C1 'a foreign index is made again' && run check || exit 92
ln disk/books.db disk/second.db; run items 2>&1; rm disk/second.db
ln -s books.db disk/link.db; \"$O2C\" --book disk/link.db items 2>&1
chmod 666 disk/books.db; run items 2>&1; chmod 600 disk/books.db
run check"
    );
    let Some((code, said)) = on_disk("files in the way", "size=4m", &script) else { return };
    assert_eq!(code, 0, "{said}");
    let words =
        ["code 3", "check 0", "[DB-11]", "second name", "[FIL-01]", "not a regular file", "[DB-03]", "chmod 600"];
    holds(&said, &words);
}

#[test]
fn a_foreign_file_is_left_alone() {
    let script = format!(
        "{BOOK}
printf 'a diary, not a book; long enough to have a header of one hundred bytes, which this line has by now, all of it' > disk/diary
before=$(sha256sum disk/diary)
\"$O2C\" --book disk/diary note C1 x 2>&1; \"$O2C\" --book disk/diary migrate 2>&1
[ \"$before\" = \"$(sha256sum disk/diary)\" ] || exit 92
: > disk/empty; \"$O2C\" --book disk/empty items 2>&1; [ -s disk/empty ] && exit 93
exit 0"
    );
    let Some((code, said)) = on_disk("foreign file", "size=4m", &script) else { return };
    assert_eq!(code, 0, "{said}");
    holds(&said, &["[DB-06]", "not an o2c book", "not touched"]);
}
