//! The five ledger layouts seen in the wild, each as a small file with its habits, read with its built-in mapping.

use chrono::NaiveDate;
use o2c::domain::money::Currency;
use o2c::formats::canonical::{DocumentKind, InvoiceRow, Table};
use o2c::formats::mapping::{builtin, recognise};
use o2c::formats::report::{DateOrder, FileRefused, Read, ReadOptions};
use o2c::formats::table::{read_invoices, read_receipts};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn options<'a>(currency: Option<Currency>, progress: &'a mut dyn FnMut(u64)) -> ReadOptions<'a> {
    ReadOptions { currency, today: day("2026-03-31"), date_order: None, progress }
}

fn read(name: &str, bytes: &[u8], currency: Option<Currency>) -> Result<Read<InvoiceRow>, FileRefused> {
    read_invoices(bytes, &builtin(name).unwrap(), &mut options(currency, &mut |_| {}))
}

#[test]
fn collections_history() {
    let file = b"countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate\r\n\
        391,0379-NEVHP,4/6/2013,0000611365,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0\r\n\
        406,8976-AMJEO,3/3/2012,7900770,1/26/2013,2/25/2013,61.7,Yes,3/3/2013,Electronic,36,6\r\n\
        391,2820-XGXSB,1/26/2012,9231909,7/3/2013,8/2/2013,66,No,7/8/2013,Electronic,5,0\r\n";
    let got = read("collections-history", file, Some(Currency::USD)).unwrap();
    assert_eq!(got.summary.refused, []);
    assert_eq!(got.rows.iter().map(|row| row.amount).collect::<Vec<_>>(), [5594, 6170, 6600]);
    let first = &got.rows[0];
    assert_eq!((first.line, first.number.as_str(), first.customer.as_str()), (2, "0000611365", "0379-NEVHP"));
    assert_eq!((first.document_date, first.due_date), (day("2013-01-02"), Some(day("2013-02-01"))));
    assert_eq!(first.settled_date, Some(day("2013-01-15")));
    assert!(!first.disputed && got.rows[1].disputed);
    assert_eq!(got.summary.suspicious, []);
    let refused = read("collections-history", file, None).unwrap_err();
    assert!(refused.code == "CUR-01" && refused.sentence.contains("--currency"));
}

const ENTERPRISE: &str = "business_code,cust_number,name_customer,clear_date,business_year,doc_id,posting_date,document_create_date,due_in_date,invoice_currency,document type,posting_id,total_open_amount,baseline_create_date,cust_payment_terms,invoice_id,isOpen\n";

#[test]
fn enterprise_open_items() {
    let file = format!(
        "{ENTERPRISE}\
         U001,0200769623,WAL-MAR corp,2020-02-11 00:00:00,2020.0,1930438491.0,2020-01-26,20200125,20200210.0,USD,RV,1.0,54273.28,20200126.0,NAH4,1930438491.0,0\n\
         CA02,0140104429,\"COSTCO, us\",,2020.0,2960623488.0,2020-03-30,20200330,20200410.0,CAD,RV,1.0,79656.6,20200331.0,CA10,,1\n\
         U001,CCCA02,KRAFT foundation,,2020.0,1930659387.0,2020-03-13,20200313,20200301.0,USD,X2,1.0,2253.86,20200313.0,NAA8,1930659387.0,1\n"
    );
    let got = read("enterprise-open-items", file.as_bytes(), None).unwrap();
    assert_eq!(got.summary.refused, []);
    let rows = &got.rows;
    assert_eq!((rows[0].number.as_str(), rows[0].customer.as_str()), ("1930438491", "0200769623"));
    assert_eq!(rows[0].settled_date, Some(day("2020-02-11")));
    assert_eq!((rows[1].currency.code(), rows[1].amount, rows[1].settled_date), ("CAD", 7_965_660, None));
    assert_eq!((rows[1].reference.clone(), rows[0].reference.as_deref()), (None, Some("1930438491")));
    assert_eq!((rows[2].terms.as_deref(), rows[2].kind), (Some("NAA8"), DocumentKind::Invoice));
    let odd = &got.summary.suspicious;
    assert_eq!((odd.len(), odd[0].line, odd[0].column.as_str()), (1, 4, "due_in_date"));
    assert!(
        odd[0].to_string().contains("line 4, column due_in_date: 2020-03-01 is before the document date 2020-03-13")
    );
}

#[test]
fn a_settlement_before_its_document_and_a_status_of_paid_without_a_date_are_named() {
    let row = |line: u64, cleared: &str| {
        format!(
            "U001,C1,A,{cleared},2020.0,19304384{line}.0,2020-01-26,20200125,20200210.0,USD,RV,1.0,5.28,20200126.0,NAH4,1.0,0\n"
        )
    };
    let file = format!("{ENTERPRISE}{}{}", row(2, "2020-01-24 00:00:00"), row(3, "2020-01-25 00:00:00"));
    let got = read("enterprise-open-items", file.as_bytes(), None).unwrap();
    let said: Vec<String> = got.summary.suspicious.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["line 2, column clear_date: 2020-01-24 is before the document date 2020-01-25."]);
    assert_eq!(got.rows.len(), 2, "the row is taken all the same");
    let head = "invoice_number,customer_id,invoice_date,due_date,amount,currency,status,payment_date\n";
    let rows = "1,C1,2026-01-02,2026-02-01,5.00,EUR,Paid,2026-01-30\n2,C1,2026-01-02,2026-02-01,5.00,EUR,Open,\n\
                3,C1,2026-01-02,2026-02-01,5.00,EUR,PAID ,\n4,C1,2026-01-02,2026-02-01,5.00,EUR,Paid,NULL\n";
    let got = read("erp-aging-export", format!("{head}{rows}").as_bytes(), None).unwrap();
    let said: Vec<String> = got.summary.suspicious.iter().map(ToString::to_string).collect();
    assert_eq!((said.len(), got.rows.len()), (2, 4), "{said:?}");
    assert!(said[0].starts_with("line 4, column status: \"PAID\", but no day it was settled on"), "{said:?}");
    assert!(said[1].starts_with("line 5, column status: \"Paid\""), "{said:?}");
    assert!(got.rows[3].settled_date.is_none());
    // A file without the column, and one in our own columns.
    let file = format!("{}1,C1,2026-01-02,2026-02-01,5.00,EUR,\n", head.replace("status,", ""));
    assert_eq!(read("erp-aging-export", file.as_bytes(), None).unwrap().summary.suspicious, []);
    let own = "number,customer,document_date,amount,status\nA,C1,2026-01-02,5.00,bezahlt\n";
    assert_eq!(read("canonical", own.as_bytes(), Some(Currency::EUR)).unwrap().summary.suspicious.len(), 1);
}

#[test]
fn the_wrong_order_of_dates_is_said_once_and_can_be_given() {
    let head = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n";
    let file = format!("{head}391,C1,1,25/1/2013,24/2/2013,55.94,No,20/2/2013\n391,C1,2,2/1/2013,4/3/2013,5,No,\n");
    let got = read("collections-history", file.as_bytes(), Some(Currency::USD)).unwrap();
    assert_eq!((got.rows.len(), got.summary.refused.len()), (1, 1));
    assert!(got.summary.notices.iter().any(|notice| notice.starts_with("1 rows have a date that exists only")));
    let mut progress = |_| {};
    let mut options = options(Some(Currency::USD), &mut progress);
    options.date_order = Some(DateOrder::DayFirst);
    let told = read_invoices(file.as_bytes(), &builtin("collections-history").unwrap(), &mut options).unwrap();
    let dates: Vec<_> = told.rows.iter().map(|row| row.document_date).collect();
    assert_eq!(dates, [day("2013-01-25"), day("2013-01-02")]);
}

#[test]
fn a_copy_with_day_and_month_swapped_names_its_rows() {
    let rows: String = (0..9)
        .map(|n| {
            let due = if n % 3 == 0 { "2020-25-02" } else { "2020-02-25" };
            format!("U001,1,A,,2020.0,{n}.0,2020-01-26,2020-01-25,{due},USD,RV,1.0,1.5,2020-01-26,NAH4,{n}.0,1\n")
        })
        .collect();
    let got = read("enterprise-open-items", format!("{ENTERPRISE}{rows}").as_bytes(), None).unwrap();
    assert_eq!(got.rows.len(), 6);
    let lines: Vec<u64> = got.summary.refused.iter().map(|refused| refused.line).collect();
    assert_eq!(lines, [2, 5, 8]);
    let said = got.summary.refused[0].to_string();
    assert_eq!(said, "line 2, column due_in_date: [DAT-01] 2020-25-02 does not exist. Day and month may be swapped.");
}

#[test]
fn sap_bsid() {
    let file = "MANDT;BUKRS;KUNNR;UMSKS;UMSKZ;AUGDT;AUGBL;ZUONR;GJAHR;BELNR;BUZEI;BUDAT;BLDAT;ZFBDT;SHKZG;DMBTR;WRBTR;WAERS;ZTERM;HKONT\n\
        800;1000;0000001032;;;00000000;;0090036155;2025;1800000123;001;20250115;20250114;20250120;S;1200;1200.5;EUR;N030;0000140000\n\
        800;1000;0000001032;;;;;;2025;1600000007;001;20250201;20250131;20250131;H;100;100;EUR;2/10N30;0000140000\n\
        800;1000;0000001033;;;;;;2025;1800000124;002;20250201;20250131;20250131;X;100;100;EUR;N014;0000140000\n";
    let got = read("sap-bsid", file.as_bytes(), None).unwrap();
    let (invoice, credit) = (&got.rows[0], &got.rows[1]);
    assert_eq!((invoice.number.as_str(), invoice.amount), ("1800000123/2025/001", 120_050));
    assert_eq!((invoice.due_date, invoice.terms.as_deref()), (None, Some("N030")));
    assert_eq!((invoice.terms_base, invoice.settled_date), (Some(day("2025-01-20")), None));
    assert_eq!(
        (credit.kind, credit.amount, credit.terms.as_deref()),
        (DocumentKind::CreditNote, 10_000, Some("2/10N30"))
    );
    assert_eq!((got.summary.refused.len(), got.summary.refused[0].code), (1, "SGN-01"));
    assert!(got.summary.refused[0].reason.contains("SHKZG says neither debit nor credit"));
}

#[test]
fn erp_aging_export() {
    let file = "invoice_number,customer_id,customer_name,company_code,invoice_date,due_date,payment_terms_days,amount,currency,amount_usd,status,payment_date\n\
        INV-1,C-1,\"Møller, A/S\",DK01,2025-11-03,2025-12-03,30,1000.00,DKK,145.10,Open,\n\
        INV-2,C-2,Zażółć,PL01,2025-11-04,2025-11-18,14,99.9,PLN,25.00,Paid,2025-11-20\n";
    let got = read("erp-aging-export", file.as_bytes(), None).unwrap();
    assert_eq!((got.rows[0].amount, got.rows[0].currency.code()), (100_000, "DKK"));
    assert_eq!((got.rows[0].customer_name.as_deref(), got.rows[0].terms.as_deref()), (Some("Møller, A/S"), Some("30")));
    assert_eq!(got.rows[1].settled_date, Some(day("2025-11-20")));
    assert!(got.summary.notices.contains(&"Columns that were not read: company_code, amount_usd.".to_owned()));
}

const LEDGER: &str = "Customer ledger;;;;;;;;\n\"Printed for; the auditors\";;;;;;;;\n\n\
    Date;Type;No.;Customer no.;Name;Due date;Debit;Credit;Balance\n\
    Opening balance;;;;;;;;0,00\n\
    03.02.2026;Invoice;R-1;10001;Müller & Söhne;05.03.2026;€ 1.234,56;;1.234,56\n\
    04.02.2026;Credit note;G-1;10001;Müller & Söhne;NULL;;34,56;1.200,00\n\
    05.02.2026;Payment;Z-1;10001;Müller & Söhne;;;1.000;200,00\n\
    06.02.2026;Invoice;R-2;10002;=cmd|x;08.03.2026;1.250;;1.450,00\n\
    Total;;;;;;2.484,56;1.034,56;1.450,00\n";

#[test]
fn accounting_package() {
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(LEDGER);
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend_from_slice(LEDGER.as_bytes());
    for bytes in [latin.as_ref(), &marked] {
        let got = read("accounting-package", bytes, Some(Currency::EUR)).unwrap();
        assert_eq!(got.summary.refused, []);
        let rows: Vec<_> = got.rows.iter().map(|row| (row.number.as_str(), row.amount, row.kind)).collect();
        let (invoice, credit) = (DocumentKind::Invoice, DocumentKind::CreditNote);
        assert_eq!(rows, [("R-1", 123_456, invoice), ("G-1", 3_456, credit), ("R-2", 125_000, invoice)]);
        assert_eq!(got.rows[0].customer_name.as_deref(), Some("Müller & Söhne"));
        let notices = got.summary.notices.join("\n");
        assert!(notices.contains("1 rows of kind Payment were left out"), "{notices}");
        assert!(notices.contains("Amounts were read with \",\" as decimal sign, as in line 6"), "{notices}");
        let receipts = builtin("accounting-package-receipts").unwrap();
        let paid = read_receipts(bytes, &receipts, &mut options(Some(Currency::EUR), &mut |_| {})).unwrap();
        assert_eq!(paid.rows.iter().map(|row| row.amount).collect::<Vec<_>>(), [100_000]);
    }
}

#[test]
fn layouts_are_recognised_by_their_header() {
    let name = |header: &str| recognise(&header.trim_end().split([',', ';']).collect::<Vec<_>>(), Table::Invoices);
    assert_eq!(name(ENTERPRISE), Some("enterprise-open-items"));
    assert_eq!(name("Date;Type;No.;Customer no.;Name;Due date;Debit;Credit;Balance"), Some("accounting-package"));
    assert_eq!(name("number,customer,document_date,amount,kind"), Some("canonical"));
}
