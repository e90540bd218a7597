//! How long a hundred thousand entries of camt.053 take to read, and that they are read one by one. A measurement:
//! `cargo test --release --test bank_speed -- --ignored --nocapture`.

use std::fmt::Write as _;
use std::time::Instant;

use o2c::formats::bank::statement::{Entry, Statement};
use o2c::formats::bank::{Options, Sink, read, read_into};

/// A statement of `count` entries of about a kilobyte each.
fn statement(count: u32) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\
         <BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id><Acct><Id><IBAN>FI2112345600000785</IBAN></Id>\
         <Ccy>EUR</Ccy></Acct>\n",
    );
    for n in 0..count {
        let (whole, cents, day) = (n % 9_000, n % 100, n % 28 + 1);
        let _ = write!(
            text,
            "<Ntry>\n  <NtryRef>{n}</NtryRef>\n  <Amt Ccy=\"EUR\">{whole}.{cents:02}</Amt>\n  <CdtDbtInd>CRDT</CdtDbtInd>\n  \
             <Sts><Cd>BOOK</Cd></Sts>\n  <BookgDt><Dt>2026-03-{day:02}</Dt></BookgDt>\n  <ValDt><Dt>2026-03-{day:02}</Dt></ValDt>\n  \
             <AcctSvcrRef>BANK{n:012}</AcctSvcrRef>\n  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd>\
             </Fmly></Domn></BkTxCd>\n  <NtryDtls><TxDtls>\n    <Refs><EndToEndId>E2E-{n}</EndToEndId></Refs>\n    \
             <Amt Ccy=\"EUR\">{whole}.{cents:02}</Amt>\n    <RltdPties><Dbtr><Pty><Nm>Customer {n} &amp; Sons</Nm><PstlAdr>\
             <StrtNm>Street</StrtNm><TwnNm>Town</TwnNm><Ctry>FI</Ctry></PstlAdr></Pty></Dbtr><DbtrAcct><Id>\
             <IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties>\n    <RmtInf><Ustrd>Invoice INV-{n}</Ustrd><Strd>\
             <CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>\n  \
             </TxDtls></NtryDtls>\n</Ntry>\n"
        );
    }
    text.push_str("</Stmt></BkToCstmrStmt></Document>\n");
    text
}

/// Adds up and forgets.
#[derive(Default)]
struct Adding {
    entries: u64,
    net: i128,
    kept: usize,
}

impl Sink for Adding {
    fn entry(&mut self, statement: &Statement, entry: Entry) {
        self.entries += 1;
        self.net += i128::from(entry.amount.minor);
        self.kept = self.kept.max(statement.entries.len());
    }

    fn statement(&mut self, statement: Statement) {
        assert_eq!(statement.sums[0].net, self.net);
    }
}

/// Memory of the process in MB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
#[ignore = "a measurement: meaningful only with --release"]
fn a_hundred_thousand_entries() {
    let text = statement(100_000);
    let options = Options::new("2026-03-31".parse().expect("a day"));
    let before = resident();
    let begin = Instant::now();
    let mut adding = Adding::default();
    read_into(text.as_bytes(), &options, &mut adding).expect("a statement");
    let (took, after) = (begin.elapsed(), resident());
    assert_eq!((adding.entries, adding.kept), (100_000, 0));
    println!("{} MB: one by one {took:?}, peak memory {before} MB before, {after} MB after", text.len() / 1_000_000);
    let begin = Instant::now();
    let all = read(text.as_bytes(), &options).expect("a statement");
    println!("all at once {:?}, peak memory {} MB", begin.elapsed(), resident());
    assert_eq!(all[0].entries.len(), 100_000);
}
