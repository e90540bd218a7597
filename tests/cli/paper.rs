//! Letters on paper by their verbs: a run's post as one PDF with its list, one letter at a time, fonts, and what is refused.

use std::process::Command;

use crate::rig::Rig;

const POLICY: &str = "name = \"standard\"\n[[level]]\nnumber = 1\nwait_days = 3\n";

/// Three customers with an overdue invoice: one with mail, one in Poland, one in the window's own letters.
fn company() -> Rig {
    let rig = Rig::new("EUR");
    rig.file(
        "customers.csv",
        "id,name,currency,email,language,address\nC1,Kunde 1,EUR,a@k.example,en,\nC2,Łódź Sp. z o.o.,EUR,,en,\"Piotrkowska 1; 90-001 Łódź\"\n\
         C3,Müller,EUR,,,\"Marktplatz 1;50667 Köln\"\n",
    );
    rig.run(&["import", "customers", "customers.csv"]).done();
    let rows: String = (1..=3).map(|n| format!("INV-{n},C{n},2026-01-20,2026-02-20,1234.50,EUR\n")).collect();
    rig.file("invoices.csv", format!("number,customer,document_date,due_date,amount,currency\n{rows}"));
    rig.run(&["import", "invoices", "invoices.csv"]).done();
    rig
}

fn text(rig: &Rig, file: &str) -> Option<String> {
    let output = Command::new("pdftotext").args(["-layout"]).arg(rig.path(file)).arg("-").output();
    let output = output.inspect_err(|error| eprintln!("skipped: pdftotext is not there ({error})")).ok()?;
    Some(String::from_utf8_lossy(&output.stdout).replace('\u{a0}', " "))
}

#[test]
fn the_post_of_a_run_is_one_pdf_with_its_list() {
    let rig = company();
    rig.file("standard.toml", POLICY);
    rig.run(&["policy", "import", "standard.toml"]).done();
    rig.run(&["policy", "assign", "standard", "--company"]).done();
    // Letters only go as mail where the company has an address to send them from.
    rig.run(&["setting", "mail-sender", "accounts@nordwind.example"]).done();
    rig.run(&["setting", "language", "de"]).done();
    rig.run(&["setting", "company-address", "Hafenstraße 7; 20457 Hamburg"]).done();
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    // A mistake in the place or the font is said before anything goes out.
    const SEND: [&str; 6] = ["dunning", "send", "M-1", "--letters", "3", "--paper"];
    let with = |more: &[&'static str]| [&SEND[..], more].concat();
    rig.run(&with(&["standard.toml"])).refused(1, &["FIL-03", "no PDF"]);
    rig.run(&with(&["post.pdf", "--font", "standard.toml"])).refused(1, &["PDF-03", "is no TrueType font"]);
    let ran = rig.run(&with(&["post.pdf"]));
    assert!(ran.out.contains("Wrote 1 letter on 1 page to"), "{ran:?}");
    ran.refused(1, &["PDF-01", "C2 Łódź Sp. z o.o.", "\"Ł\" (U+0141)", "L-2 is not on paper"]);
    let list = rig.read("post.txt");
    assert!(
        list.contains("     -  L-2") && list.contains("     1  L-3") && list.contains("1,234.50 EUR  C3 Müller"),
        "{list}"
    );
    assert!(!list.contains("L-1 "), "the letter with a mail address is no post:\n{list}");
    if let Some(text) = text(&rig, "post.pdf") {
        for said in
            ["Müller", "Marktplatz 1", "50667 Köln", "1.234,50 EUR", "Schreiben", "Hafenstraße 7", "Seite 1 von 1"]
        {
            assert!(text.contains(said), "no {said}:\n{text}");
        }
    }
    let font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
    if std::fs::exists(font).unwrap_or(false) {
        let before = rig.run(&["check"]).done();
        let said = rig.run(&["dunning", "send", "M-1", "--paper", "post.pdf", "--font", font]).done();
        assert!(said.contains("Wrote 2 letters on 2 pages"), "{said}");
        assert_eq!(before, rig.run(&["check"]).done());
        if let Some(text) = text(&rig, "post.pdf") {
            assert!(text.contains("90-001 Łódź") && text.find("Łódź") < text.find("Müller"), "{text}");
        }
    } else {
        eprintln!("skipped: no DejaVu Sans");
    }
}

#[test]
fn one_letter_is_text_html_or_pdf() {
    let rig = company();
    let said = rig.run(&["letter", "statement", "C1"]).done();
    assert!(said.contains("Subject: Statement of account C1") && said.contains("1,234.50"), "{said}");
    let said = rig.run(&["letter", "invoice", "INV-3", "--language", "fr", "--html"]).done();
    assert!(said.contains("</html>") && said.contains("INV-3") && !said.contains("INV-1"), "{said}");
    let one = || {
        rig.run(&["letter", "statement", "C3", "--pdf", "s.pdf"]).done();
        std::fs::read(rig.path("s.pdf")).expect("a PDF")
    };
    assert_eq!(one(), one(), "the same bytes");
    rig.run(&["letter", "statement", "C2", "--pdf", "s.pdf"]).refused(1, &["PDF-01", "Nothing was written"]);
    rig.run(&["letter", "promise", "C1"]).refused(1, &["TPL-06", "promised nothing"]);
    rig.run(&["letter", "invoice", "INV-9"]).refused(1, &["ACT-04", "no document INV-9"]);
    rig.run(&["promise", "INV-1", "--on", "2026-04-10"]).done();
    let said = rig.run(&["letter", "promise", "C1"]).done();
    assert!(said.replace('\u{a0}', " ").contains("EUR 1,234.50 by 10 April 2026"), "{said}");
    rig.run(&["letter", "plan", "PP-1"]).refused(1, &["ACT-04", "no payment plan PP-1"]);
    rig.run(&["plans", "propose", "INV-3:900", "--schedule", "2026-04-10 400; 2026-05-11 500"]).done();
    let said = rig.run(&["letter", "plan", "PP-1", "--language", "en"]).done().replace('\u{a0}', " ");
    assert!(said.contains("EUR 400.00") && said.contains("EUR 500.00") && said.contains("INV-3"), "{said}");
    rig.run(&["template", "preview", "plan", "--pdf", "plan.pdf"]).done();
    if let Some(text) = text(&rig, "plan.pdf") {
        assert!(text.contains("EUR 664.50"), "{text}");
    }
}

#[test]
fn the_language_of_the_company_is_one_there_are_letters_in() {
    let rig = company();
    rig.run(&["setting", "language", "nl"]).refused(1, &["TPL-05", "en (English), de (German)", "Nothing was changed"]);
    rig.run(&["setting", "language", "DE_at"]).done();
    let said = rig.run(&["letter", "statement", "C3"]).done();
    assert!(said.contains("Kontoauszug"), "{said}");
    // A customer's own language comes first.
    assert!(rig.run(&["letter", "statement", "C1"]).done().contains("Statement of account"));
}
