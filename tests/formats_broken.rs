//! Files that are cut, garbled or open to two readings: one sentence each, with the line and what to do; and nothing
//! that arrives as bytes may bring the reader down.

use o2c::domain::money::Currency;
use o2c::formats::canonical::{InvoiceRow, Table};
use o2c::formats::mapping::{Mapping, builtin, builtin_names, canonical};
use o2c::formats::report::{DateOrder, FileRefused, Read, ReadOptions};
use o2c::formats::table::{read_customers, read_invoices, read_receipts};
use o2c::formats::write::{CsvWriter, canonical_header, refused_file};
use proptest::prelude::*;

const HEAD: &str = "number,customer,document_date,due_date,amount,currency\n";

fn with<'a>(order: Option<DateOrder>, progress: &'a mut dyn FnMut(u64)) -> ReadOptions<'a> {
    let today = "2026-03-31".parse().unwrap();
    ReadOptions { currency: Some(Currency::EUR), today, date_order: order, progress }
}

fn read(text: impl AsRef<[u8]>) -> Result<Read<InvoiceRow>, FileRefused> {
    read_invoices(text.as_ref(), &canonical(Table::Invoices), &mut with(None, &mut |_| {}))
}

fn refused(text: impl AsRef<[u8]>) -> String {
    read(text).unwrap_err().to_string()
}

fn reasons(text: impl AsRef<[u8]>) -> Vec<String> {
    read(text).unwrap().summary.refused.iter().map(ToString::to_string).collect()
}

#[test]
fn files_that_are_refused_as_a_whole() {
    let good = "1,C1,2026-01-05,2026-02-05,10.00,EUR\n";
    let cut = format!("{HEAD}{good}2,C1,2026-0");
    assert!(
        refused(&cut)
            .contains("The file ends in the middle of line 3 (3 of 6 fields); probably an incomplete download")
    );
    let quote = format!("{HEAD}{good}2,\"C1,2026-01-05,2026-02-05,10.00,EUR\n{good}");
    assert!(refused(&quote).contains("A quote opened on line 3 is never closed"));
    assert!(refused(format!("{HEAD}1,C\01,2026-01-05,,1,EUR\n")).contains("Line 2 holds a NUL byte"));
    assert!(refused(format!("{HEAD}1,{}\n", "x".repeat(1_100_000))).contains("Line 2 is longer than 1 MB"));
    assert!(refused("").contains("[FIL-01] The file is empty"));
    let latin = [HEAD.as_bytes(), b"1,M\xFCller,2026-01-05,,10.00,EUR\n"].concat();
    assert!(refused(latin).contains("[TXT-01] Byte 0xFC at line 2"));
    assert!(refused(HEAD.replace("due_date", "amount")).contains("names the column \"amount\" twice"));
    assert!(read(HEAD).unwrap().summary.notices.contains(&"The file has a header and no rows.".to_owned()));
}

#[test]
fn rows_that_are_refused_by_line_and_column() {
    let text = format!(
        "{HEAD}1,C1,2026-01-05,2026-02-05,1e9,EUR\n2,C1,2026-02-30,2026-02-05,10.00,EUR\n3,C1,2026-01-05,2026-02-05,10.005,EUR\n\
         4,C1,2026-01-05,2026-02-05,10.00\n5,C1,2026-01-05,2026-02-05,100000000000.00,EUR\n6,,2026-01-05,,1,EUR\n\
         7,C1,2026-01-05,,1,EURO\n8,C1,2026-01-05,,1,EUR,,\n"
    );
    let said = reasons(&text);
    let expected = [
        "line 2, column amount: [AMT-01] \"1e9\" is not an amount; use digits, for example 1234.56.",
        "line 3, column document_date: [DAT-01] 2026-02-30 does not exist.",
        "line 4, column amount: [AMT-03] EUR has 2 decimals; 10.005 was not rounded; round = true in the mapping does so.",
        "line 5: [CSV-01] Line 5 has 5 fields, 6 expected; a quote or a separator is missing or extra.",
        "line 6, column amount: [AMT-02] 100000000000.00 is larger than the limit of 99,999,999,999.99.",
        "line 7, column customer: [ROW-01] The customer is missing; fill the cell or leave the row out.",
        "line 8, column currency: [CUR-01] \"EURO\" is not a currency code; use three letters such as EUR.",
    ];
    assert_eq!(said, expected);
}

#[test]
fn amounts_of_an_unknown_style() {
    let row = |amount: &str| format!("{HEAD}1,C1,2026-01-05,,\"{amount}\",EUR\n");
    let said = reasons(row("1.250"));
    assert!(said[0].contains("[AMT-04] 1.250 can mean 1.25 or 1250 and nothing in the file settles it"), "{said:?}");
    let settled = read(format!("{}2,C1,2026-01-05,,\"9,50\",EUR\n", row("1.250"))).unwrap();
    assert_eq!(settled.rows.iter().map(|row| row.amount).collect::<Vec<_>>(), [125_000, 950]);
    let both = format!("{}2,C1,2026-01-05,,\"9,50\",EUR\n3,C1,2026-01-05,,9.50,EUR\n", row("1.250"));
    assert_eq!(reasons(both).len(), 1);
}

#[test]
fn the_order_of_dates() {
    let open = format!("{HEAD}1,C1,03/04/2026,05/04/2026,1,EUR\n");
    let said = refused(&open);
    assert!(
        said.contains("03/04/2026 in line 2 can be read day first or month first") && said.contains("--date-order")
    );
    let mapping = canonical(Table::Invoices);
    let told = read_invoices(open.as_bytes(), &mapping, &mut with(Some(DateOrder::DayFirst), &mut |_| {})).unwrap();
    assert_eq!(told.rows[0].document_date.to_string(), "2026-04-03");
    let settled = read(format!("{open}2,C1,03/04/2026,13/04/2026,1,EUR\n")).unwrap();
    assert_eq!(settled.rows[0].document_date.to_string(), "2026-04-03");
    assert!(settled.summary.notices[0].contains("Dates were read day first, as in line 3: 13/04/2026"));
    let mixed = refused(format!("{open}2,C1,03/04/2026,13/04/2026,1,EUR\n3,C1,03/04/2026,04/13/2026,1,EUR\n"));
    assert!(mixed.contains("Line 3 has 13/04/2026 and line 4 has 04/13/2026"), "{mixed}");
}

#[test]
fn dates_far_outside_are_named_but_taken() {
    let got = read(format!("{HEAD}1,C1,1926-01-05,2036-02-05,1,EUR\n2,C1,2026-05-01,2026-06-01,1,EUR\n")).unwrap();
    assert_eq!(got.rows.len(), 2);
    let said: Vec<String> = got.summary.suspicious.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "line 2, column document_date: 1926-01-05 is before 1990.",
            "line 2, column due_date: 2036-02-05 is more than five years ahead.",
            "line 3, column document_date: 2026-05-01 is after today, 2026-03-31."
        ]
    );
}

#[test]
fn unquoted_commas_spill_into_the_named_column() {
    let text = "kind = \"customers\"\nspill = \"Address\"\n[columns]\nid = \"Id\"\nname = \"Name\"\ngroup = \"Address\"\nemail = \"Mail\"\n";
    let mapping = Mapping::parse("mine.toml", text).unwrap();
    let file = "Id,Name,Address,Mail\n1,Rua,Rua do Paço, 67, Lisboa,a@b.pt\n2,Plain,Street 1,c@d.pt\n3,\"short\",x\n";
    let got = read_customers(file.as_bytes(), &mapping, &mut with(None, &mut |_| {})).unwrap();
    assert_eq!(got.rows[0].group.as_deref(), Some("Rua do Paço, 67, Lisboa"));
    assert_eq!((got.rows[0].email.as_deref(), got.rows[1].email.as_deref()), (Some("a@b.pt"), Some("c@d.pt")));
    assert_eq!(got.summary.refused[0].line, 4);
}

#[test]
fn receipts_with_allocations() {
    let mapping = canonical(Table::Receipts);
    let read = |rows: &str| {
        let text = format!("reference,customer,date,amount,currency,method,text,allocations\n{rows}");
        read_receipts(text.as_bytes(), &mapping, &mut with(None, &mut |_| {})).unwrap()
    };
    let got = read("R1,C1,2026-01-05,150.00,EUR,transfer,thanks,INV-1:100.00;INV:2:50.00\n");
    assert_eq!(got.rows[0].allocations, [("INV-1".to_owned(), 10_000), ("INV:2".to_owned(), 5_000)]);
    let said = |rows: &str| read(rows).summary.refused[0].to_string();
    assert!(said("R1,C1,2026-01-05,0.00,EUR,,,\n").contains("[AMT-05] A receipt must be more than 0"));
    assert!(said("R1,C1,2026-01-05,1.00,EUR,,,A:0.60;B:0.60\n").contains("[AMT-06]"));
    assert!(said("R1,C1,2026-01-05,1.00,EUR,,,A\n").contains("write INV-1:100.00;INV-2:50.00"));
}

#[test]
fn encodings_and_line_ends_make_no_difference() {
    let text = format!("{HEAD}1,Müller,2026-01-05,2026-02-05,10.00,EUR\n2,C2,2026-01-05,,\"1,234.50\",EUR\n");
    let wide: Vec<u8> = "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{FEFF}{}", text.replace('\n', "\r\n"));
    let old = text.replace('\n', "\r");
    let tabs = text.replace("\"1,234.50\"", "1234.50").replace(',', "\t");
    let plain = read(&text).unwrap().rows;
    assert_eq!((plain[0].customer.as_str(), plain[1].amount), ("Müller", 123_450));
    for bytes in [wide, marked.into_bytes(), old.into_bytes(), tabs.into_bytes()] {
        assert_eq!(read(bytes).unwrap().rows, plain);
    }
}

#[test]
fn a_wrong_separator_in_the_mapping_is_said() {
    let mut mapping = canonical(Table::Invoices);
    mapping.separator = Some(b';');
    let refused = read_invoices(HEAD.as_bytes(), &mapping, &mut with(None, &mut |_| {})).unwrap_err().to_string();
    assert!(refused.contains("[MAP-02] No line, split at \";\", has the columns"), "{refused}");
}

#[test]
fn refused_rows_can_be_corrected_and_read_again() {
    let text = format!("{HEAD}1,C1,2026-01-05,2026-02-05,1e9,EUR\r\n2,C1,2026-01-05,2026-02-05,10.00,EUR\r\n");
    let first = read(&text).unwrap();
    let file = String::from_utf8(refused_file(&first.summary)).unwrap();
    assert!(file.starts_with("\u{FEFF}number,") && file.contains(",o2c_reason\n1,C1,") && !file.contains("\n2,C1"));
    let again = read(file.replace("1e9", "19.00")).unwrap();
    assert_eq!((again.rows[0].amount, again.summary.refused.len()), (1_900, 0));
    assert!(again.summary.notices.iter().any(|notice| notice.contains("o2c_reason")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let rows = [HEAD.as_bytes(), &bytes].concat();
        let _ = read(rows);
    }

    #[test]
    fn likely_bytes_are_answered(text in "[0-9a-c,;\"'\r\n\t./ ()€=-]{0,200}") {
        for name in builtin_names() {
            let mapping = builtin(name).unwrap();
            let _ = read_invoices(text.as_bytes(), &mapping, &mut with(None, &mut |_| {}));
        }
        let _ = read(format!("{HEAD}{text}"));
        let _ = Mapping::parse("any", &text);
        let _ = Mapping::parse("any", &format!("kind = \"invoices\"\n{text}"));
    }

    #[test]
    fn what_is_written_is_read_back(
        name in "[ -~äß€\n=+@']{1,30}",
        number in "[A-Z0-9/.-]{1,12}",
        minor in 0i64..=9_999_999_999_999,
        days in 0u32..12_000,
    ) {
        let date = chrono::NaiveDate::from_ymd_opt(1995, 1, 1).unwrap() + chrono::Days::new(days.into());
        let mut writer: CsvWriter = canonical_header(Table::Invoices);
        writer.text(&number).text("C1").text(&name).plain(&date.to_string()).plain("").text("").plain("");
        writer.plain(&o2c::domain::money::plain(minor, 2)).plain("EUR").plain("invoice");
        for _ in 10..Table::Invoices.fields().len() {
            writer.plain("");
        }
        writer.end_row();
        let got = read(writer.take()).unwrap();
        prop_assert_eq!(&got.summary.refused, &[]);
        let row = &got.rows[0];
        prop_assert_eq!((row.amount, row.document_date), (minor, date));
        prop_assert_eq!(row.number.as_str(), number.trim());
        prop_assert_eq!(row.customer_name.as_deref().unwrap_or(""), name.trim());
    }
}
