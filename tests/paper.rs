//! Letters on paper looked at from outside: other programs must find the file sound and read the amounts out of it. What
//! the machine has of qpdf, pdftotext and mutool is asked; what it has not is skipped by name.

use std::path::Path;
use std::process::Command;

use o2c::documents::letter::{Kind, Letter, Line};
use o2c::documents::library::{self, NAMES};
use o2c::documents::paper::{self, Face, Mark, Sheet, Unset};
use o2c::documents::sample;
use o2c::documents::template::Template;
use o2c::domain::money::Currency;

fn sheet(name: &str, language: &str, letter: &Letter) -> Sheet {
    let text = library::shipped(name, language).expect("shipped");
    Sheet::new(letter, Template::read(text, language).unwrap().render(letter).unwrap())
}

fn pdf(sheets: &[Sheet], face: &Face<'_>) -> Vec<u8> {
    let laid: Vec<_> = sheets.iter().map(|sheet| paper::set(sheet, face).unwrap()).collect();
    paper::pdf("Letters", sheets[0].date, &laid, face).unwrap()
}

/// A statement with so many items of 100.00 and one, in turn of two currencies where asked.
fn long(rows: usize, two: bool) -> Letter {
    let full = sample::letter(Kind::Statement, "en");
    let dollar = Currency::parse("USD").unwrap();
    let line = |at: usize| Line {
        number: format!("INV-{at:05}"),
        currency: if two && at % 2 == 1 { dollar } else { Currency::EUR },
        amount: 10_001,
        open: 10_001,
        disputed: 0,
        asked: 10_001,
        fee: 0,
        interest: 0,
        ..full.items[0].clone()
    };
    Letter { items: (0..rows).map(line).collect(), ..full }
}

fn words(pages: &[Vec<Mark>]) -> Vec<Vec<String>> {
    let of = |mark: &Mark| match mark {
        Mark::Text { text, .. } => Some(text.replace('\u{a0}', " ")),
        Mark::Rule { .. } => None,
    };
    pages.iter().map(|page| page.iter().filter_map(of).collect()).collect()
}

/// What another program says of a file; `None`, named, where it is not there.
fn ask(program: &str, given: &[&str], file: &Path) -> Option<String> {
    match Command::new(program).args(given).arg(file).args((program == "pdftotext").then_some("-")).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && errors.is_empty(), "{program}: {said}{errors}");
            Some(said.replace('\u{a0}', " "))
        }
        Err(error) => {
            eprintln!("skipped: {program} is not there ({error})");
            None
        }
    }
}

fn font() -> Option<Vec<u8>> {
    let place = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
    std::fs::read(place).inspect_err(|error| eprintln!("skipped: no DejaVu Sans ({error})")).ok()
}

#[test]
fn other_programs_find_every_letter_sound_and_read_its_amounts() {
    let folder = tempfile::tempdir().unwrap();
    let data = font();
    let own = data.as_deref().map(|data| Face::read(data).unwrap());
    for (what, face) in [("helvetica", Some(&Face::Helvetica)), ("own", own.as_ref())] {
        let Some(face) = face else { continue };
        let mut sheets = Vec::new();
        for name in &NAMES {
            for code in library::languages(name.name) {
                sheets.push(sheet(name.name, code, &sample::letter(name.kind, code)));
            }
        }
        sheets.push(sheet("statement", "de", &long(120, true)));
        let file = folder.path().join(format!("{what}.pdf"));
        std::fs::write(&file, pdf(&sheets, face)).unwrap();
        if let Some(said) = ask("qpdf", &["--check"], &file) {
            assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        }
        ask("mutool", &["info"], &file);
        if let Some(text) = ask("pdftotext", &["-layout"], &file) {
            for said in [
                "Müller & Söhne <Export>",
                "Hafenstraße 7",
                "1.234,50",
                "1,234.50",
                "1 234,50",
                "20.000,00 USD",
                "DE89 3704 0044 0532 0130 00",
                "Second reminder",
                "Seite 2 von",
                "Übertrag",
            ] {
                assert!(text.contains(said), "{what} lacks {said}:\n{text}");
            }
        }
    }
}

#[test]
fn the_same_letters_make_the_same_bytes() {
    let sheets = [sheet("statement", "fr", &long(50, false)), sheet("plan", "es", &sample::letter(Kind::Plan, "es"))];
    assert_eq!(pdf(&sheets, &Face::Helvetica), pdf(&sheets, &Face::Helvetica));
    if let Some(data) = font() {
        let face = Face::read(&data).unwrap();
        assert_eq!(pdf(&sheets, &face), pdf(&sheets, &face));
    }
}

#[test]
fn what_was_listed_is_carried_to_the_next_page_and_every_page_has_its_head() {
    for (rows, two) in [(1, false), (30, false), (31, true), (90, false), (91, true), (200, true), (500, true)] {
        let letter = long(rows, two);
        let made = sheet("statement", "en", &letter);
        let laid = paper::set(&made, &Face::Helvetica).unwrap();
        let pages = words(&laid.pages);
        let mut listed = 0;
        for (at, page) in pages.iter().enumerate() {
            let number = format!("Page {} of {}", at + 1, pages.len());
            assert!(page.contains(&number), "{rows}: {page:?}");
            let here: Vec<_> = page.iter().filter(|text| text.starts_with("INV-")).collect();
            // Every item once, in order.
            for (place, text) in here.iter().enumerate() {
                assert_eq!(**text, format!("INV-{:05}", listed + place));
            }
            if !here.is_empty() {
                assert_eq!(page.iter().filter(|text| *text == "Days late").count().max(1), 1);
                assert!(page.contains(&"Number".to_owned()), "{rows}: no head on page {}", at + 1);
            }
            let sums = |upto: usize| -> Vec<String> {
                let euro = if two { upto.div_ceil(2) } else { upto };
                [("EUR", euro), ("USD", upto - euro)]
                    .iter()
                    .filter(|(_, count)| *count > 0)
                    .map(|(code, count)| {
                        let cents = count * 10_001;
                        let (whole, rest) = (cents / 100, cents % 100);
                        let whole = if whole >= 1000 {
                            format!("{},{:03}", whole / 1000, whole % 1000)
                        } else {
                            whole.to_string()
                        };
                        format!("{code} {whole}.{rest:02}")
                    })
                    .collect()
            };
            let after = |word: &str| {
                let from = page.iter().position(|text| text == word)? + 1;
                Some(
                    page[from..]
                        .iter()
                        .take_while(|text| text.starts_with("EUR") || text.starts_with("USD"))
                        .cloned()
                        .collect(),
                )
            };
            assert_eq!(
                after("Brought forward"),
                (listed > 0 && !here.is_empty()).then(|| sums(listed)),
                "{rows} page {at}"
            );
            listed += here.len();
            let more = listed < rows && !here.is_empty();
            assert_eq!(after("Carried forward"), more.then(|| sums(listed)), "{rows} page {at}");
        }
        assert_eq!(listed, rows);
    }
}

#[test]
fn nothing_stands_outside_the_lines_or_on_other_words() {
    let data = font();
    let own = data.as_deref().map(|data| Face::read(data).unwrap());
    for face in [Some(&Face::Helvetica), own.as_ref()].into_iter().flatten() {
        let mut letter = long(60, true);
        for (at, item) in letter.items.iter_mut().enumerate() {
            item.number = format!("Rechnung-{}", "X".repeat(at));
            (item.amount, item.open, item.disputed) = (9_999_999_999_999, 9_999_999_999_999, 999_999_999_999);
            (item.fee, item.interest) = (99_999_999_999, 99_999_999_999);
        }
        letter.customer.name =
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH".into();
        letter.customer.address = vec!["Straße ".repeat(12), "Ort".into()];
        let made = sheet("reminder-3", "de", &letter);
        for (number, page) in paper::set(&made, face).unwrap().pages.iter().enumerate() {
            let mut boxes: Vec<(f32, f32, f32, &str)> = Vec::new();
            for mark in page {
                let Mark::Text { x, y, size, bold, text } = mark else { continue };
                let to = x + face.width(text, *bold, *size);
                assert!(*x > 70.0 && to < 539.5 && *y > 40.0 && *y < 810.0, "page {number}: {x} {to} {y} {text}");
                for (from, until, line, other) in &boxes {
                    let apart = to <= *from + 0.2 || *x >= until - 0.2 || (y - line).abs() > size * 0.7;
                    assert!(apart, "page {number}: \"{text}\" stands on \"{other}\"");
                }
                boxes.push((*x, to, *y, text));
            }
        }
    }
}

#[test]
fn the_window_shows_the_address_and_only_that() {
    let sheet = sheet("reminder-1", "de", &sample::letter(Kind::Reminder, "de"));
    let laid = paper::set(&sheet, &Face::Helvetica).unwrap();
    let mm = |length: f32| length * 72.0 / 25.4;
    // The window of a DL envelope over form B: 20 to 110 mm from the left, 45 to 90 mm from the top.
    let seen: Vec<_> = laid.pages[0]
        .iter()
        .filter_map(|mark| match mark {
            Mark::Text { x, y, text, .. } if *x < mm(110.0) && *x > mm(20.0) && *y > mm(45.0) && *y < mm(90.0) => {
                Some(text.as_str())
            }
            _ => None,
        })
        .collect();
    let address = ["Müller & Söhne <Export>", "Anna Weber", "Marktplatz 1", "50667 Köln"];
    assert_eq!(seen[0], "Nordwind GmbH · Hafenstraße 7 · 20457 Hamburg");
    assert_eq!(seen[1..], address);
}

#[test]
fn a_character_the_font_lacks_is_named_with_the_customer() {
    let with = |name: &str| {
        let mut letter = sample::letter(Kind::Statement, "en");
        letter.customer.name = name.to_owned();
        sheet("statement", "en", &letter)
    };
    let refused = |name: &str, face: &Face<'_>| paper::set(&with(name), face).map(drop);
    let said = refused("Łódź Sp. z o.o.", &Face::Helvetica).unwrap_err();
    assert_eq!(
        (said.code(), said.to_string().as_str()),
        (
            "PDF-01",
            "The letter to 10023 Łódź Sp. z o.o. has the character \"Ł\" (U+0141), which the font lacks. Give a \
          TrueType font that has it: --font FILE, or the setting letter-font."
        )
    );
    // Composed from letter and mark, it is the letter western fonts have.
    assert_eq!(refused("Mu\u{308}ller", &Face::Helvetica), Ok(()));
    assert_eq!(refused("„Café“ – 5 € … ’Ž’ œ", &Face::Helvetica), Ok(()));
    assert!(matches!(refused("شركة", &Face::Helvetica), Err(Unset::Lacks { joined: true, .. })));
    if let Some(data) = font() {
        let face = Face::read(&data).unwrap();
        assert_eq!(refused("Łódź Ελλάς Журнал", &face), Ok(()));
        assert!(matches!(refused("東京", &face), Err(Unset::Lacks { character: '東', joined: false, .. })));
        // The font has the letters, but not joined as they are written.
        assert!(matches!(refused("شركة", &face), Err(Unset::Lacks { joined: true, .. })));
    }
}

#[test]
fn a_damaged_font_is_refused_or_its_letters_are_but_nothing_falls() {
    let Some(data) = font() else { return };
    assert_eq!(Face::read(b"not a font").err(), Some("is no TrueType font"));
    let letter = sheet("statement", "en", &sample::letter(Kind::Statement, "en"));
    for cut in (0..data.len()).step_by(data.len() / 40) {
        for flip in [false, true] {
            let mut bad = data.clone();
            if flip {
                let end = (cut + 64).min(bad.len());
                bad[cut..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
            } else {
                bad.truncate(cut);
            }
            let Ok(face) = Face::read(&bad) else { continue };
            if let Ok(laid) = paper::set(&letter, &face) {
                let _ = paper::pdf("x", letter.date, &[laid], &face);
            }
        }
    }
}
