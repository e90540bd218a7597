//! The five ledger layouts seen in the wild, imported with their built-in mappings and aged for days before, between
//! and after what happened in them.

use chrono::{Duration, NaiveDate};

use super::rig::{Bill, Rig, minor};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A generator of numbers, always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn day(&mut self, from: &str, days: u64) -> NaiveDate {
        day(from) + Duration::days(self.roll(days) as i64)
    }
}

/// Days on which the aging is compared: every fifth from the first document to after everything.
fn compare(rig: &Rig, bills: &[Bill]) {
    let dates = bills.iter().flat_map(|bill| [Some(bill.date), Some(bill.due), bill.settled]).flatten();
    let (first, last) = dates.fold((day("2999-01-01"), day("1999-01-01")), |(a, b), d| (a.min(d), b.max(d)));
    let span = (last - first).num_days() + 130;
    for step in 0..9 {
        let as_of = first - Duration::days(1) + Duration::days(span * step / 8);
        rig.compare(bills, &as_of.to_string());
    }
    let busy = &bills[bills.len() / 2];
    for as_of in [busy.date, busy.due, busy.due + Duration::days(1)].into_iter().chain(busy.settled) {
        rig.compare(bills, &as_of.to_string());
        rig.compare(bills, &(as_of - Duration::days(1)).to_string());
    }
}

/// The same file once more: a sentence, exit 0, and not a row more.
fn again_changes_nothing(rig: &Rig, args: &[&str]) {
    let before = rig.postings();
    let said = rig.run(args).done();
    assert!(said.contains("This file was already imported. tess at "), "{said}");
    assert_eq!(rig.postings(), before);
    rig.run(&["check"]).done();
}

/// invoiceninja/invoiceninja#7121: the aging of any day gone by, beside one added up from the file.
#[test]
fn collections_history() {
    let mut dice = Dice(1);
    let mut file = "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,\
                    SettledDate,PaperlessBill,DaysToSettle,DaysLate\r\n"
        .to_owned();
    let mut bills = Vec::new();
    for number in 0..150 {
        let date = dice.day("2012-01-03", 600);
        let (due, settled) = (date + Duration::days(30), date + Duration::days(dice.roll(80) as i64));
        let cents = 500 + dice.roll(12_000) as i64;
        let (amount, cents) = match number % 3 {
            0 => (format!("{}.{:02}", cents / 100, cents % 100), cents),
            1 => (format!("{}.{}", cents / 100, cents % 100 / 10), cents / 10 * 10),
            _ => ((cents / 100).to_string(), cents / 100 * 100),
        };
        let us = |date: NaiveDate| date.format("%-m/%-d/%Y").to_string();
        let disputed = if number % 4 == 0 { "Yes" } else { "No" };
        file += &format!(
            "391,{:04}-AB{},4/6/2013,{number:010},{},{},{amount},{disputed},{},Paper,1,0\r\n",
            number % 11,
            number % 11,
            us(date),
            us(due),
            us(settled)
        );
        bills.push(Bill { date, due, amount: cents, currency: "EUR".to_owned(), settled: Some(settled), cash: false });
    }
    let rig = Rig::new("EUR");
    let name = rig.file("history.csv", &file);
    let args = ["import", "invoices", &name, "--map", "collections-history", "--currency", "EUR"];
    let said = rig.run(&args).done();
    assert!(said.contains("Rows: 150 taken, 0 already known, 0 refused, 11 new customers."), "{said}");
    compare(&rig, &bills);
    again_changes_nothing(&rig, &args);
    let disputes = rig.run(&["disputes", "--where", "state:resolved", "--json"]).done();
    assert!(disputes.starts_with("{\"total\":38,"), "{disputes}");
}

#[test]
fn enterprise_open_items_in_two_currencies() {
    let mut dice = Dice(2);
    let mut file = "business_code,cust_number,name_customer,clear_date,business_year,doc_id,posting_date,\
                    document_create_date,due_in_date,invoice_currency,document type,posting_id,total_open_amount,\
                    baseline_create_date,cust_payment_terms,invoice_id,isOpen\n"
        .to_owned();
    let mut bills = Vec::new();
    for number in 0..120_i64 {
        let date = dice.day("2019-12-30", 120);
        let due = date + Duration::days(10 + dice.roll(30) as i64);
        let settled = (number % 3 > 0).then(|| date + Duration::days(dice.roll(70) as i64));
        let cents = 1_000 + dice.roll(9_000_000) as i64;
        let currency = if number % 10 == 0 { "CAD" } else { "USD" };
        let names = ["WAL-MAR corp", "WAL-MAR associates", "WAL-MAR"];
        let clear = settled.map_or(String::new(), |date| format!("{date} 00:00:00"));
        file += &format!(
            "U001,{:010},{},{clear},2020.0,{}.0,{date},{},{}.0,{currency},RV,1.0,{}.{:02},{}.0,NAA8,{}.0,{}\n",
            200_769_623 + number % 7,
            names[number as usize % 3],
            1_930_000_000 + number,
            date.format("%Y%m%d"),
            due.format("%Y%m%d"),
            cents / 100,
            cents % 100,
            date.format("%Y%m%d"),
            1_930_000_000 + number,
            i32::from(settled.is_none()),
        );
        bills.push(Bill { date, due, amount: cents, currency: currency.to_owned(), settled, cash: false });
    }
    let rig = Rig::new("USD");
    rig.run(&["rate", "CAD", "0.74", "--from", "2019-01-01"]).done();
    let name = rig.file("open.csv", &file);
    let args = ["import", "invoices", &name];
    let said = rig.run(&args).done();
    assert!(said.contains("Read as enterprise-open-items (recognised by its columns)."), "{said}");
    // One customer under several names stays one.
    assert!(said.contains("120 taken, 0 already known, 0 refused, 7 new customers."), "{said}");
    compare(&rig, &bills);
    again_changes_nothing(&rig, &args);
}

#[test]
fn sap_open_items_with_their_signs() {
    let mut dice = Dice(3);
    let mut file = "MANDT;BUKRS;KUNNR;UMSKS;UMSKZ;AUGDT;AUGBL;ZUONR;GJAHR;BELNR;BUZEI;BUDAT;BLDAT;ZFBDT;SHKZG;DMBTR;\
                    WRBTR;WAERS;ZTERM;HKONT\n"
        .to_owned();
    let mut bills = Vec::new();
    let terms = [("N014", 14), ("N030", 30), ("N060", 60), ("2/10N30", 30)];
    for number in 0..90_i64 {
        let date = dice.day("2025-01-02", 200);
        let base = date + Duration::days(dice.roll(6) as i64);
        let (term, days) = terms[number as usize % 4];
        let credit = number % 6 == 0;
        let cents = 100 + dice.roll(400_000) as i64 / 10 * 10;
        let amount = format!("{}.{}", cents / 100, cents % 100 / 10);
        file += &format!(
            "800;1000;{:010};;;00000000;;;{};{:010};001;{};{};{};{};{amount};{amount};EUR;{term};140000\n",
            1_032 + number % 5,
            date.format("%Y"),
            1_800_000_000 + number,
            date.format("%Y%m%d"),
            date.format("%Y%m%d"),
            base.format("%Y%m%d"),
            if credit { "H" } else { "S" },
        );
        let (due, amount) = (base + Duration::days(days), if credit { -cents } else { cents });
        bills.push(Bill { date, due, amount, currency: "EUR".to_owned(), settled: None, cash: false });
    }
    let rig = Rig::new("EUR");
    let name = rig.file("bsid.txt", &file);
    let args = ["import", "invoices", &name, "--map", "sap-bsid"];
    assert!(rig.run(&args).done().contains("Rows: 90 taken, 0 already known, 0 refused, 5 new customers."));
    compare(&rig, &bills);
    again_changes_nothing(&rig, &args);
}

#[test]
fn erp_export_with_its_own_ageing() {
    let mut dice = Dice(4);
    let mut file = "invoice_number,customer_id,customer_name,company_code,invoice_date,due_date,payment_terms_days,\
                    amount,currency,amount_usd,status,payment_date\n"
        .to_owned();
    let mut bills = Vec::new();
    for number in 0..100 {
        let date = dice.day("2025-06-01", 250);
        let due = date + Duration::days([14, 30, 60][number % 3]);
        let settled = (number % 4 == 0).then(|| due + Duration::days(dice.roll(30) as i64));
        let (currency, cents) = (["DKK", "PLN", "EUR"][number % 3], 1_000 + dice.roll(500_000) as i64);
        file += &format!(
            "INV-{number},C-{},\"Møller {}, A/S\",DK01,{date},{due},{},{}.{:02},{currency},1.00,{},{}\n",
            number % 9,
            number % 9,
            [14, 30, 60][number % 3],
            cents / 100,
            cents % 100,
            if settled.is_some() { "Paid" } else { "Open" },
            settled.map_or(String::new(), |date| date.to_string()),
        );
        bills.push(Bill { date, due, amount: cents, currency: currency.to_owned(), settled, cash: false });
    }
    let rig = Rig::new("EUR");
    let name = rig.file("erp.csv", &file);
    let args = ["import", "invoices", &name];
    let said = rig.run(&args).done();
    assert!(said.contains("100 taken") && said.contains("DKK has no rate to EUR"), "{said}");
    compare(&rig, &bills);
    again_changes_nothing(&rig, &args);
}

#[test]
fn accounting_package_with_payments() {
    let mut dice = Dice(5);
    let mut rows = Vec::new();
    let mut bills = Vec::new();
    let german = |cents: i64| {
        let whole = cents / 100;
        let grouped =
            if whole >= 1_000 { format!("{}.{:03}", whole / 1_000, whole % 1_000) } else { whole.to_string() };
        format!("{grouped},{:02}", cents % 100)
    };
    for number in 0..80_i64 {
        let date = dice.day("2025-09-01", 120);
        let due = date + Duration::days(30);
        let cents = 2_000 + dice.roll(300_000) as i64;
        let (kind, cash, sign) = match number % 8 {
            7 => ("Payment", true, -1),
            3 => ("Credit note", false, -1),
            _ => ("Invoice", false, 1),
        };
        let due_text = if sign > 0 { due.format("%d.%m.%Y").to_string() } else { "NULL".to_owned() };
        let (debit, credit) =
            if sign > 0 { (format!("€ {}", german(cents)), String::new()) } else { (String::new(), german(cents)) };
        rows.push(format!(
            "{};{kind};N-{number};{};Müller & Söhne {};{due_text};{debit};{credit};0,00",
            date.format("%d.%m.%Y"),
            10_001 + number % 6,
            number % 6
        ));
        bills.push(Bill { date, due, amount: sign * cents, currency: "EUR".to_owned(), settled: None, cash });
    }
    let text = format!(
        "Customer ledger;;;;;;;;\r\n\"Printed for; the auditors\";;;;;;;;\r\n\r\n\
         Date;Type;No.;Customer no.;Name;Due date;Debit;Credit;Balance\r\n{}\r\nTotal;;;;;;1.000,00;2.000,00;3,00\r\n",
        rows.join("\r\n")
    );
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let rig = Rig::new("EUR");
    let name = rig.file("ledger.csv", bytes.as_ref());
    let invoices = ["import", "invoices", &name, "--currency", "EUR"];
    assert!(rig.run(&invoices).done().contains("Rows: 70 taken"));
    let receipts = ["import", "receipts", &name, "--currency", "EUR"];
    assert!(rig.run(&receipts).done().contains("Rows: 10 taken"));
    compare(&rig, &bills);
    again_changes_nothing(&rig, &invoices);
    again_changes_nothing(&rig, &receipts);
    assert_eq!(minor("-12.5"), -1_250);
}
