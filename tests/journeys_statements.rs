//! A file of the bank taken in by key: the form, the review of what is new, the gap that is refused and then taken, the
//! file that is no statement, and the account that has to be there first.

#[path = "cash/book.rs"]
#[allow(dead_code)]
mod book;
#[path = "cash/desk.rs"]
#[allow(dead_code)]
mod desk;
#[path = "rigs/journey.rs"]
#[allow(dead_code)]
mod journey;

use book::{Company, day};
use desk::{desk, press, shot};
use journey::draw_at_every_size;
use o2c::acts::import::{StatementFile, Wish};
use o2c::formats::bank::Options;
use o2c::formats::bank::booking::{self, Accounts};
use o2c::tui::app::harness::Harness;

/// An MT940 file of the company's account: a number, what was there, the receipts, what is there then.
fn file(number: u32, opening: &str, receipts: &[&str], closing: &str) -> String {
    let lines: String = receipts
        .iter()
        .enumerate()
        .map(|(at, amount)| format!(":61:260313C{amount}NTRFR{number}{at}//R{number}{at}\n:86:Hafen Handel INV-1\n"))
        .collect();
    let head = format!(":20:S\n:25:DE89370400440532013000\n:28C:{number}/1\n:60F:C260313EUR{opening}\n");
    format!("{head}{lines}:62F:C260313EUR{closing}\n-\n")
}

/// The workstation, with these files where somebody may name them.
fn with_files(company: &Company, files: Vec<(&'static str, String)>) -> Harness {
    let mut desk = desk(company);
    desk.files = Some(Box::new(move |wish: &Wish| {
        let (name, text) = files
            .iter()
            .find(|(name, _)| *name == wish.file)
            .ok_or_else(|| format!("[FIL-05] {} cannot be read: it is not there.", wish.file))?;
        let accounts = Accounts { known: wish.known.clone(), unnamed: wish.account.clone() };
        let booked = booking::read(text.as_bytes(), &Options::new(day("2026-03-16")), &accounts)
            .map_err(|refused| format!("[{}] {name}: {}", refused.code, refused.sentence))?;
        let rows: Vec<_> = booked.into_iter().map(|booked| booked.row).collect();
        // What tells files apart here is their text.
        Ok(StatementFile { name: (*name).to_owned(), sha256: text.clone(), mapping: "mt940".to_owned(), rows })
    }));
    desk.keys("gs");
    desk
}

#[test]
fn a_file_is_reviewed_and_taken_in_by_key() {
    let company = Company::new();
    let first = file(1, "100,00", &["1000,00", "7,50"], "1107,50");
    let mut desk = with_files(&company, vec![("march.sta", first)]);
    assert!(desk.shows("no statement was taken in yet; i takes a file of the bank in"), "{}", shot(&desk));
    press(&mut desk, "i", 1);
    draw_at_every_size(&mut desk);
    desk.keys("march.sta<Enter><Enter><Enter><Enter>");
    assert!(desk.shows("100.00 and entries of 1,007.50 make 1,107.50 EUR"), "{}", shot(&desk));
    assert!(desk.shows("2 entries: 2 receipts"), "{}", shot(&desk));
    assert!(desk.shows("2 entries are new; 0 known already"), "{}", shot(&desk));
    draw_at_every_size(&mut desk);
    let entries = || company.number("SELECT count(*) FROM bank_entry");
    press(&mut desk, "<Enter>", 1);
    assert_eq!(entries(), 0, "Enter alone takes nothing in");
    // The form is as it was left.
    desk.keys("i<Enter><Enter><Enter><Enter>");
    press(&mut desk, "y", 1);
    assert_eq!(entries(), 2, "{}", shot(&desk));
    assert_eq!(desk.said(), "Imported 2 bank entries from march.sta");
    assert!(desk.shows("1,107.50"), "the list shows it: {}", shot(&desk));
    // The same again is known, said before anybody says yes.
    desk.keys("imarch.sta<Enter><Enter><Enter><Enter>");
    assert!(desk.shows("WOULD BE REFUSED") && desk.shows("already imported"), "{}", shot(&desk));
    company.sound();
}

#[test]
fn a_gap_is_refused_unless_it_is_wanted() {
    let company = Company::new();
    let files =
        vec![("1.sta", file(1, "100,00", &["10,00"], "110,00")), ("3.sta", file(3, "150,00", &["20,00"], "170,00"))];
    let mut desk = with_files(&company, files);
    desk.keys("i1.sta<Enter><Enter><Enter><Enter>y");
    desk.keys("i3.sta<Enter><Enter><Enter><Enter>");
    assert!(desk.shows("WOULD BE REFUSED") && desk.shows("BNK-"), "{}", shot(&desk));
    desk.keys("<Esc>");
    // The file is still in the form; the gap is taken in as the bank's other movements.
    desk.keys("i<Enter><Enter><Space><Enter><Enter>");
    assert!(desk.shows("1 entry is new; 0 known already"), "{}", shot(&desk));
    desk.keys("y");
    assert_eq!(company.number("SELECT count(*) FROM bank_entry"), 2, "{}", shot(&desk));
    company.sound();
}

#[test]
fn what_is_no_file_of_the_bank_is_refused_in_one_sentence() {
    let company = Company::new();
    let cut = file(1, "100,00", &["10,00"], "110,00").split("C10,00").next().unwrap().to_owned();
    let mut desk = with_files(&company, vec![("notes.txt", "dear all,\n".to_owned()), ("cut.sta", cut)]);
    desk.keys("inotes.txt<Enter><Enter><Enter><Enter>");
    assert!(desk.said().starts_with('[') && desk.said().contains("notes.txt: "), "{}", desk.said());
    desk.keys("i<C-u>cut.sta<Enter><Enter><Enter><Enter>");
    assert!(desk.said().contains("cut.sta: "), "{} {}", desk.said(), shot(&desk));
    desk.keys("i<C-u>gone.sta<Enter><Enter><Enter><Enter>");
    assert!(desk.said().contains("gone.sta cannot be read"), "{}", desk.said());
    desk.keys("i<C-u><Enter><Enter><Enter><Enter>");
    assert!(desk.shows("which file?"), "{}", shot(&desk));
    assert_eq!(company.number("SELECT count(*) FROM bank_entry"), 0);
}

#[test]
fn an_account_at_a_bank_is_added_by_key() {
    let company = Company::new();
    let mut desk = with_files(&company, Vec::new());
    desk.keys("nSavings<Enter>GB29<Space>NWBK<Space>6016<Space>1331<Space>9268<Space>19<Enter><C-u>gbp<Enter>");
    assert_eq!(company.number("SELECT count(*) FROM bank_account WHERE currency = 'GBP'"), 1, "{}", shot(&desk));
}
