//! Bank files written for these tests, in the shape of real ones: what each is read into, that the same entry is known
//! in every message, and that a file cut or changed at any byte is read or refused with one sentence, never more.

mod bank_rig;

use bank_rig::{options, plain, sample, samples, text};
use o2c::formats::bank::facts::RefKind;
use o2c::formats::bank::identity::Teller;
use o2c::formats::bank::statement::{BalanceKind, Kind, Statement, Status};
use o2c::formats::bank::tie::{Follow, Span, Tie, follow, tie};
use o2c::formats::bank::{Limits, Options, read};
use proptest::prelude::*;

fn only(name: &str) -> Statement {
    let mut all = sample(name).unwrap_or_else(|refused| panic!("{name}: {refused}"));
    assert_eq!(all.len(), 1, "{name}");
    all.remove(0)
}

#[test]
fn a_camt_statement_with_everything() {
    let all = sample("camt053.xml").unwrap();
    let got = &all[0];
    assert_eq!((all.len(), got.kind, got.format.as_str()), (2, Kind::Statement, "camt.053.001.08"));
    assert_eq!((got.id.as_str(), got.number.as_deref(), got.page), ("ST-2026-42", Some("42"), Some(1)));
    assert_eq!(
        (got.account.iban.as_deref(), got.account.bank.as_deref()),
        (Some("FI2112345600000785"), Some("NDEAFIHH"))
    );
    assert_eq!(got.text, ["Written for tests"]);
    assert!(matches!(tie(got), Tie::Ties(sum) if sum.entries == 94_900), "{:?}", tie(got));
    let [paid, back, batch, pending] = &got.entries[..] else { panic!("{}", got.entries.len()) };
    assert_eq!(
        (paid.amount.minor, plain(paid.booked), plain(paid.value)),
        (97_450, "2026-03-02".into(), "2026-03-03".into())
    );
    let facts = &paid.facts;
    assert_eq!(facts.reference(RefKind::Servicer), Some("BK-1"));
    assert_eq!((facts.reference(RefKind::EndToEnd), facts.reference(RefKind::Instruction)), (Some("E2E-1"), None));
    assert_eq!(
        (facts.party.name.as_deref(), facts.party.account.as_deref()),
        (Some("Miller & Sons"), Some("DE02120300000000202051"))
    );
    assert_eq!(
        (facts.party.bank.as_deref(), facts.party.ultimate.as_deref()),
        (Some("BYLADEM1001"), Some("Miller Holding"))
    );
    assert_eq!(facts.party.address, ["Mill Lane 7", "10115 Berlin", "DE"]);
    assert_eq!(facts.lines, ["Invoices 4711", "and 4712"]);
    let one = &facts.structured[0];
    assert_eq!((one.documents[0].number.as_str(), plain(one.documents[0].date)), ("INV-4711", "2026-02-01".into()));
    let minor = |amount: Option<o2c::formats::bank::amount::Amount>| amount.map(|amount| amount.minor);
    assert_eq!((minor(one.due), minor(one.discount), minor(one.remitted)), (Some(100_000), Some(2_000), Some(97_450)));
    assert_eq!((one.adjustments[0].amount.minor, one.adjustments[0].reason.as_deref()), (-550, Some("DAMG")));
    assert_eq!(one.creditor_reference.as_deref(), Some("RF18539007547034"));
    assert_eq!((facts.charges[0].amount.minor, facts.charges[0].included), (-150, Some(false)));
    assert_eq!((paid.code.family.as_deref(), paid.code.swift.as_deref()), (Some("RCDT"), Some("NTRF")));
    assert!(back.reversal && back.amount.minor == -5_000);
    let exchange = back.facts.exchange.as_ref().unwrap();
    assert_eq!(
        (minor(exchange.original), exchange.rate.map(|rate| rate.to_string())),
        (Some(-5_425), Some("1.0850000000".into()))
    );
    assert_eq!(back.facts.returned.as_ref().unwrap().code.as_deref(), Some("AC04"));
    assert_eq!(back.facts.text.as_deref(), Some("Returned"));
    let parts: Vec<_> = batch.details.iter().map(|detail| minor(detail.amount).unwrap()).collect();
    assert_eq!((parts, batch.listed, batch.batch.as_ref().unwrap().count), (vec![1_000, 2_000, -550], 3, Some(3)));
    let reference = |at: usize| batch.details[at].facts.structured[0].creditor_reference.as_deref();
    assert_eq!((reference(0), reference(1)), (Some("210000000003139471430009017"), None));
    assert_eq!((pending.status, pending.amount.minor), (Status::Pending, 0));
    assert_eq!((all[1].account.unit.map(|unit| unit.to_string()), tie(&all[1])), (Some("SEK".into()), Tie::NoBalances));
}

#[test]
fn mt940_habits() {
    let all = sample("mt940.sta").unwrap();
    let got = &all[0];
    assert_eq!((got.account.number(), got.account.bank.as_deref()), ("50010517/5407324931", Some("50010517")));
    assert_eq!((got.number.as_deref(), got.page, got.last_page), (Some("00042"), Some(1), Some(true)));
    assert!(matches!(tie(got), Tie::Ties(_)), "{:?}", tie(got));
    let [paid, out, interest, cheque] = &got.entries[..] else { panic!("{}", got.entries.len()) };
    assert_eq!((paid.amount.minor, paid.code.swift.as_deref()), (97_450, Some("NTRF")));
    assert_eq!(paid.facts.reference(RefKind::Servicer), Some("BK-1"));
    assert_eq!(paid.facts.lines, ["Rechnungen INV-4711 vom 01.02.2026 RF18539007547034"]);
    assert_eq!(paid.facts.party.name.as_deref(), Some("Miller und Soehne Handelsgesellschaft"));
    assert_eq!(paid.facts.party.account.as_deref(), Some("DE02120300000000202051"));
    assert_eq!(paid.facts.exchange.as_ref().unwrap().original.unwrap().plain(), "1057.33");
    assert_eq!(paid.facts.charges[0].amount.minor, -150);
    assert_eq!((plain(out.value), plain(out.booked)), ("2026-02-28".into(), "2026-03-02".into()));
    assert!(got.notices.iter().any(|notice| notice.what.contains("260230 does not exist")), "{:?}", got.notices);
    assert_eq!(out.facts.lines, ["Factuur 12/2026- en 13"]);
    assert_eq!(
        (out.facts.party.name.as_deref(), out.facts.reference(RefKind::EndToEnd)),
        (Some("Supplier BV"), Some("OUT-5"))
    );
    // A reversal of a credit takes money away; the booking is of the year after.
    assert_eq!((interest.amount.minor, interest.reversal, plain(interest.booked)), (-100, true, "2026-01-03".into()));
    assert_eq!(interest.facts.lines, ["Correction of interest", "-Nr. 7 not the end"]);
    assert_eq!((cheque.facts.reference(RefKind::Servicer), cheque.facts.text.as_deref()), (Some("CHQ"), Some("-77")));
    let second = &all[1];
    assert_eq!((second.account.iban.as_deref(), second.last_page), (Some("DE89370400440532013000"), Some(false)));
    assert_eq!((second.entries[0].amount.minor, second.entries[0].facts.lines.len()), (500, 3));
    assert!(matches!(tie(second), Tie::Ties(_)));
    let report = only("mt942.sta");
    assert_eq!((report.kind, report.format.as_str()), (Kind::Report, "MT942"));
    assert_eq!((report.entries[1].status, report.entries[1].amount.minor), (Status::Pending, -1_200));
}

#[test]
fn bai2_habits() {
    let got = only("bai2.txt");
    assert_eq!((got.account.number(), got.account.bank.as_deref()), ("123456789", Some("021000021")));
    assert!(matches!(tie(&got), Tie::Ties(_)), "{:?}", tie(&got));
    let [paid, wire] = &got.entries[..] else { panic!("{}", got.entries.len()) };
    assert_eq!((paid.amount.minor, paid.code.bai.as_deref()), (97_450, Some("175")));
    assert_eq!(paid.facts.lines, ["INVOICE 4711, LESS 2% / DISC", "INV-4711, INV-4712"]);
    assert_eq!(
        (paid.facts.party.name.as_deref(), paid.facts.reference(RefKind::EndToEnd)),
        (Some("MILLER INC"), Some("E2E-1"))
    );
    assert_eq!((plain(wire.value), wire.facts.reference(RefKind::Servicer)), ("2026-03-03".into(), Some("X1")));
    assert!(got.notices.iter().any(|notice| notice.what.contains("type 890")));
}

#[test]
fn ofx_habits() {
    let got = only("ofx102.ofx");
    assert_eq!((got.format.as_str(), got.account.number()), ("OFX 102", "123456789"));
    let [paid, cheque, again] = &got.entries[..] else { panic!("{}", got.entries.len()) };
    assert_eq!((paid.amount.minor, paid.facts.party.name.as_deref()), (97_450, Some("MILLER & SONS")));
    assert_eq!(paid.facts.lines, ["INV-4711 5 < 6 & more"]);
    assert_eq!((cheque.amount.minor, cheque.facts.reference(RefKind::Cheque)), (-20_000, Some("1041")));
    assert_eq!(again.facts.reference(RefKind::Servicer), cheque.facts.reference(RefKind::Servicer));
    assert_eq!(got.balance(BalanceKind::ClosingBooked).unwrap().amount.minor, 157_450);
    let card = only("ofx211.ofx");
    assert_eq!((card.format.as_str(), card.entries[0].amount.plain().as_str()), ("OFX 211", "-10.00"));
    assert_eq!(card.entries[0].facts.exchange.as_ref().unwrap().source.unwrap().code(), "USD");
}

#[test]
fn remittance_in_820_ctx_and_lockbox() {
    for name in ["x12_820.txt", "ctx.ach"] {
        let got = only(name);
        let entry = &got.entries[0];
        assert_eq!((got.kind, entry.amount.minor), (Kind::Advice, 192_450), "{name}");
        let lines: Vec<_> = entry
            .facts
            .structured
            .iter()
            .map(|one| (one.documents[0].number.as_str(), one.remitted.unwrap().minor))
            .collect();
        assert_eq!(lines, [("INV-4711", 97_450), ("INV-4712", 95_000)], "{name}");
        let first = &entry.facts.structured[0];
        assert_eq!((first.due.unwrap().minor, first.discount.unwrap().minor), (100_000, 2_000), "{name}");
        assert_eq!(
            (first.adjustments[0].amount.minor, first.adjustments[0].reason.as_deref()),
            (-550, Some("01")),
            "{name}"
        );
    }
    let edi = only("x12_820.txt");
    assert_eq!(
        (edi.entries[0].facts.party.name.as_deref(), edi.account.owner.as_deref()),
        (Some("MILLER INC"), Some("OUR COMPANY"))
    );
    assert_eq!(plain(edi.entries[0].value), "2026-03-03");
    assert!(edi.notices.iter().any(|notice| notice.what.contains("SE announces")), "{:?}", edi.notices);
    let ach = only("ctx.ach");
    assert_eq!(
        (ach.entries[1].amount.minor, ach.entries[1].facts.returned.as_ref().unwrap().code.as_deref()),
        (-500, Some("R02"))
    );
    let got = only("lockbox.txt");
    assert_eq!((got.kind, got.account.number(), plain(got.from)), (Kind::Notification, "0012345", "2026-03-02".into()));
    let entry = &got.entries[0];
    assert_eq!((entry.amount.minor, entry.facts.reference(RefKind::Cheque)), (97_450, Some("0000001041")));
    let invoices: Vec<_> = entry
        .facts
        .structured
        .iter()
        .map(|one| (one.documents[0].number.as_str(), one.remitted.map(|a| a.minor)))
        .collect();
    assert_eq!(invoices, [("INV-4711", Some(97_450)), ("INV-4712", None)]);
}

#[test]
fn a_nacha_file_that_contradicts_itself_is_refused_by_line() {
    let whole = text("ctx.ach");
    for (from, to, line, says) in [
        ("5200MILLER", "5100MILLER", 2, "is no service class"),
        ("5200MILLER", "5225MILLER", 3, "a credit stands in a batch of debits"),
        ("622031300012", "690031300012", 3, "is no transaction code"),
        ("622031300012", "622031300013", 3, "the check digit \"3\" does not fit"),
        ("705RMR", "777RMR", 5, "is no kind of addenda"),
        (
            "                         021000020000001\n9000001",
            "                         021000020000009\n9000001",
            8,
            "stands under",
        ),
    ] {
        assert!(whole.contains(from), "{from}");
        let refused = read(whole.replacen(from, to, 1).as_bytes(), &options()).expect_err(says);
        assert!(refused.sentence.contains(says), "{}", refused.sentence);
        assert!(refused.sentence.contains(&format!("Line {line}")), "{}", refused.sentence);
    }
}

#[test]
fn a_table_with_a_running_balance() {
    let got = only("bank.csv");
    assert_eq!((got.account.number(), got.entries.len()), ("FI2112345600000785", 2));
    assert_eq!((got.entries[0].amount.minor, got.entries[0].place.line), (97_450, 3));
    assert_eq!(got.entries[0].facts.lines, ["Miller; INV-4711"]);
    assert!(
        matches!(tie(&got), Tie::Ties(sum) if sum.opening == 1_100_000 && sum.closing == 1_097_450),
        "{:?}",
        tie(&got)
    );
}

#[test]
fn tables_without_a_header_and_with_the_signs_of_cards() {
    use o2c::formats::mapping::Mapping;
    let open = |text: &str, mapping: &str| {
        let mapping = Mapping::parse("mine.toml", mapping).unwrap();
        read(text.as_bytes(), &Options { mapping: Some(&mapping), ..options() })
    };
    let head = "kind = \"statement\"\nheader = [\"Day\", \"Text\", \"Out\", \"In\", \"Left\"]\n[columns]\ndate = \"Day\"\n\
                text = \"Text\"\nbalance = \"Left\"\n[constants]\ncurrency = \"GBP\"\naccount = \"77\"\n[sign]\n\
                debit_column = \"Out\"\ncredit_column = \"In\"\n";
    let got = open("07 Nov 2026,Credit,,£500.00,£500.00\n09 Nov 2026,Shop,-£19.77,,£480.23\n", head).unwrap();
    let minors: Vec<_> = got[0].entries.iter().map(|entry| entry.amount.minor).collect();
    assert_eq!((minors, got[0].account.number()), (vec![50_000, -1_977], "77"));
    assert!(matches!(tie(&got[0]), Tie::Ties(_)));
    let card = "kind = \"statement\"\ninvert = true\nheader = [\"a\", \"b\"]\n[columns]\ndate = \"a\"\namount = \"b\"\n\
                [constants]\ncurrency = \"USD\"\n";
    assert_eq!(open("2026-01-02,30.00\n", card).unwrap()[0].entries[0].amount.minor, -3_000);
    let refused = open("2026-01-02,30.00\n2026-02-30,5\n2026-02-30,1\n", card).unwrap_err();
    assert_eq!((refused.code, refused.line), ("DAT-01", Some(2)));
    assert!(
        refused.sentence.contains("and 1 more lines") && refused.sentence.contains("Line 2, column a"),
        "{refused}"
    );
}

#[test]
fn the_same_entry_is_known_in_every_message() {
    let tell = |name: &str| {
        let all = sample(name).unwrap();
        Teller::default().tell(&all[0], &all[0].entries[0])
    };
    let (statement, notification, report) = (tell("camt053.xml"), tell("camt054.xml"), tell("camt052.xml"));
    assert!(statement.content.is_some());
    assert_eq!(statement.content, notification.content);
    assert_eq!(statement.content, report.content);
    assert_eq!(statement.likeness, report.likeness);
    assert_ne!(statement.key, report.key);
}

#[test]
fn equal_entries_stay_two_and_are_both_known_again() {
    let got = only("ofx102.ofx");
    let keys = |got: &Statement| {
        let mut teller = Teller::default();
        got.entries.iter().map(|entry| teller.tell(got, entry)).collect::<Vec<_>>()
    };
    let first = keys(&got);
    assert_eq!((first[1].ordinal, first[2].ordinal), (1, 2));
    assert_ne!(
        (&first[1].key, &first[1].content, &first[1].likeness),
        (&first[2].key, &first[2].content, &first[2].likeness)
    );
    assert_eq!(first, keys(&got));
    let mut one = got.clone();
    one.entries.remove(2);
    assert_eq!(keys(&one), first[..2]);
}

#[test]
fn statements_follow_each_other_or_do_not() {
    let got = &sample("camt053.xml").unwrap()[0];
    let last = Span::of(got);
    let mut next = last.clone();
    (next.id, next.number, next.opening, next.closing) = ("ST-43".into(), Some("43".into()), last.closing, Some(1));
    next.days = Some(("2026-03-03".parse().unwrap(), "2026-03-03".parse().unwrap()));
    assert_eq!(follow(&last, &next), Follow::Follows);
    assert_eq!(follow(&last, &last), Follow::Repeat);
    let skipped = Span { number: Some("45".into()), ..next.clone() };
    assert_eq!(follow(&last, &skipped), Follow::Missing { last: 42, next: 45 });
    let gap = Span { opening: Some(5), ..next.clone() };
    assert_eq!(follow(&last, &gap), Follow::Gap { closed: 1_094_900, opens: 5 });
    let early = Span { days: Some(("2026-03-01".parse().unwrap(), "2026-03-03".parse().unwrap())), ..next.clone() };
    assert_eq!(follow(&last, &early), Follow::Overlap);
    assert_eq!(follow(&last, &Span { account: "other".into(), ..next }), Follow::Unknown);
}

/// Formats whose end can be told from their content: cut anywhere, they are refused.
const CLOSED: [&str; 8] =
    ["camt052.xml", "camt053.xml", "camt054.xml", "bai2.txt", "ofx102.ofx", "ofx211.ofx", "x12_820.txt", "lockbox.txt"];

#[test]
fn a_sample_cut_at_any_byte_is_read_or_refused_with_a_sentence() {
    for (name, bytes) in samples() {
        let end = bytes.trim_ascii_end().len();
        for cut in 0..bytes.len() {
            let answer = read(&bytes[..cut], &options());
            if CLOSED.contains(&name.as_str())
                && cut < end - usize::from(name.starts_with("x12")) - usize::from(name == "bai2.txt")
            {
                assert!(answer.is_err(), "{name} cut at {cut} was read");
            }
            if let Err(refused) = answer {
                bank_rig::is_sentence(&name, &refused);
            }
        }
    }
}

#[test]
fn a_sample_with_any_byte_changed_is_read_or_refused_with_a_sentence() {
    for (name, bytes) in samples() {
        for at in 0..bytes.len() {
            // One of seven at each place: all of them everywhere take half a minute and find no more.
            let new = [0u8, b'<', b'9', b',', b':', b'\n', 0xFF][at % 7];
            let mut changed = bytes.clone();
            changed[at] = new;
            if let Err(refused) = read(&changed, &options()) {
                bank_rig::is_sentence(&name, &refused);
            }
        }
    }
}

#[test]
fn limits_and_document_types_are_refused() {
    let refused = |text: &str, options: &Options<'_>| read(text.as_bytes(), options).unwrap_err().to_string();
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"ha\">]>\n<Document/>";
    assert!(refused(bomb, &options()).starts_with("[XML-01] The file contains a DOCTYPE at line 2"));
    let deep = format!("<Document xmlns=\"urn:x:xsd:camt.053.001.02\"><BkToCstmrStmt>{}", "<a>\n".repeat(80));
    assert!(
        refused(&deep, &options()).starts_with("[XML-02] Too deep at line 63: 65 levels (limit 64)"),
        "{}",
        refused(&deep, &options())
    );
    let tight = Options { limits: Limits { entries: 2, bytes: 1 << 20, ..Limits::USUAL }, ..options() };
    let text = bank_rig::text("camt053.xml");
    assert!(refused(&text, &tight).contains("more than 2 entries"));
    let long = text.replace("Invoices 4711", &"x".repeat(2 << 20));
    assert!(refused(&long, &options()).starts_with("[XML-02] Too large"));
    let huge = Options { limits: Limits { bytes: 100, ..Limits::USUAL }, ..options() };
    assert!(refused(&text, &huge).starts_with("[XML-02]"));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let text = bank_rig::text("camt053.xml");
    let said = |from: &str, to: &str| match read(text.replacen(from, to, 1).as_bytes(), &options()) {
        Ok(_) => panic!("{to} was read"),
        Err(refused) => refused.to_string(),
    };
    for (from, to, start) in [
        (">974.500<", ">97x4<", "[AMT-01] Entry 1 (line 13): \"97x4\" in Amt is not an amount"),
        (
            ">974.500<",
            ">974.505<",
            "[AMT-03] Entry 1 (line 13): \"974.505\" in Amt has more than the 2 decimals of EUR",
        ),
        ("Ccy=\"EUR\">974.500", "Ccy=\"EUX\">974.500", "[CUR-01] Entry 1 (line 13): \"EUX\" is not a currency"),
        (
            "<b:CdtDbtInd>DBIT</b:CdtDbtInd><b:RvslInd>",
            "<b:RvslInd>",
            "[IMP-12] Entry 2 (line 46): CdtDbtInd is missing",
        ),
        (
            "<b:Dt>2026-03-02</b:Dt></b:BookgDt>",
            "<b:Dt>2026-02-30</b:Dt></b:BookgDt>",
            "[DAT-01] Entry 1 (line 13): \"2026-02-30\"",
        ),
        ("</b:Ntry>", "</b:Ntr>", "[XML-03] The file is not well formed at line"),
        (
            "camt.053.001.08",
            "pain.001.001.03",
            "[XML-04] camt.052, camt.053 and camt.054 can be read; this calls itself \"pain",
        ),
        ("&amp;", "&company;", "[XML-03] The file is not well formed at line"),
    ] {
        assert!(said(from, to).starts_with(start), "{}", said(from, to));
    }
    let cut = read(&text.as_bytes()[..text.find("E2E-1").unwrap()], &options()).unwrap_err().to_string();
    assert!(cut.starts_with("[XML-03] The file ends in the middle of entry 1 (byte "), "{cut}");
    let latin: Vec<u8> = text.replace("Miller", "M\u{FC}ller").chars().map(|sign| sign as u8).collect();
    assert!(read(&latin, &options()).unwrap_err().to_string().starts_with("[TXT-01] Byte 0xFC at line"));
    let totals = bank_rig::text("bai2.txt").replace("49,2292350", "49,2292351");
    assert!(
        read(totals.as_bytes(), &options())
            .unwrap_err()
            .to_string()
            .starts_with("[IMP-13] Line 10: the amounts of the account")
    );
    let trusted = read(totals.as_bytes(), &Options { trust_totals: true, ..options() }).unwrap();
    assert!(trusted[0].notices.iter().any(|notice| notice.what.contains("2292351")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes, &options());
    }

    #[test]
    fn likely_texts_are_answered(head in 0usize..12, text in "[0-9A-Z,;:/<>&?+* \n\r.=\"'-]{0,300}") {
        let heads = [
            ":20:A\n:25:B\n:60F:C260301EUR1,\n:61:", ":20:A\n:25:B\n:60F:C260301EUR1,\n:61:260301D1,NTRF\n:86:166?20",
            "01,A,B,260301,0600,1,,,2/\n02,A,B,1,260301,,USD,/\n03,1,USD,", "01,A,B,260301,0600,1,,,2/\n16,",
            "OFXHEADER:100\n<OFX><STMTRS><STMTTRN>", "ISA*00*a*00*a*ZZ*A*ZZ*B*260101*0000*U*00401*1*0*P*>~ST*820*1~BPR*",
            "101 031300012 0210000212603020600A094101", "5200MILLER                                        CTX\n622",
            "100A\n2\n5", "<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy=\"EUR\">", "Date,Amount,Currency\n",
            ":20:A\n:25:B\n:60F:C260301EUR1,\n:61:260301D1,NTRF\n:86:/TRTP/",
        ];
        let _ = read(format!("{}{text}", heads[head]).as_bytes(), &options());
    }

    #[test]
    fn two_bytes_changed_are_answered(pick in 0usize..100, a in 0usize..10_000, b in 0usize..10_000, new in any::<[u8; 2]>()) {
        let all = samples();
        let (name, mut bytes) = all[pick % all.len()].clone();
        let length = bytes.len();
        (bytes[a % length], bytes[b % length]) = (new[0], new[1]);
        if let Err(refused) = read(&bytes, &options()) {
            bank_rig::is_sentence(&name, &refused);
        }
    }
}
