//! A night of cash in a real book: a statement of a hundred thousand payments over a million open items is taken in and
//! run through the rules, with every posting written. Seconds, the peak of resident memory, what one receipt's candidates
//! take, and the floor: a bare hash join of the references. What was applied is compared with the truth the generator
//! knows. Run `cargo bench --bench cash`; `O2C_BENCH_ITEMS`, `O2C_BENCH_CUSTOMERS`, `O2C_BENCH_PAYMENTS` change the size.

#[path = "../tests/matching/damage.rs"]
mod damage;
#[path = "../tests/matching/maker.rs"]
mod maker;
#[path = "../tests/matching/oracle.rs"]
mod oracle;
#[path = "../tests/matching/score.rs"]
#[allow(dead_code, reason = "only the kinds are of use here")]
mod score;
#[path = "../tests/matching/traps.rs"]
mod traps;
#[path = "../tests/matching/world.rs"]
#[allow(dead_code, reason = "the engine's own book is not built here")]
mod world;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use maker::{Case, Maker};
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp, run};
use o2c::domain::bank::{EntryKind, EntryRow, PaymentRow, RemittanceRow, Source, StatementRow};
use o2c::domain::money::Currency;
use o2c::formats::canonical::{CustomerRow, DocumentKind, InvoiceRow};
use o2c::store::read::matching;
use o2c::store::{BookPath, Connection, Reader, open};
use world::{World, mix, today};

const ACCOUNT: &str = "DE89370400440532013000";

fn size(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.replace('_', "").parse().ok()).unwrap_or(default)
}

/// A figure of this process in MiB: `VmHWM` is the most it ever had.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let (items, customers) = (size("O2C_BENCH_ITEMS", 1_000_000), size("O2C_BENCH_CUSTOMERS", 20_000));
    let payments = size("O2C_BENCH_PAYMENTS", 100_000);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cash");
    std::fs::create_dir_all(&folder).expect("a folder for the book");
    let path = BookPath::new(folder.join(format!("{items}.o2c")));
    let world = World::new(items, customers);
    // The run is measured in a process of its own, whose memory is the run's.
    if std::env::args().any(|word| word == "run") {
        return measured(&path);
    }
    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(folder.join(format!("{items}.o2c{ending}"))));
    }
    let conn = open::make_in_haste(&path).expect("a new book");
    fill(&conn, &world);
    println!("{items} open items, {customers} customers, {payments} payments");
    let cases = cases(&world, payments);
    let start = Instant::now();
    statement(&conn, &cases);
    println!("statement of {} entries booked in {:.2} s", cases.len(), start.elapsed().as_secs_f64());
    open::settle_down(&conn).expect("on the disk");
    drop(conn);
    let own = std::env::current_exe().expect("this program");
    let done = std::process::Command::new(own).arg("run").status().expect("the run starts");
    assert!(done.success(), "the run failed");
    judge(&open::open(&path, open::Access::Write).expect("the book"), &world, &cases);
    floor(&world, &cases);
}

fn stamp() -> Stamp {
    Stamp { now: "2026-03-16T09:00:00Z".parse().expect("an instant"), today: today() }
}

fn actor() -> Actor {
    Actor::new("anna", "demo")
}

fn act(conn: &Connection, act: Act) {
    acts::perform(conn, &actor(), stamp(), &Request::new(act), Mode::Post).expect("posted");
}

fn import(conn: &Connection, kind: &str, rows: Rows) {
    let beside = Beside::default();
    *beside.0.lock().expect("rows") = Work { rows, ..Work::default() };
    act(
        conn,
        Act::Import(Import {
            kind: kind.into(),
            name: format!("{kind}.file"),
            sha256: format!("sha of {kind}"),
            mapping: String::new(),
            skip_refused: false,
            unreadable: 0,
            accept_gap: false,
            beside,
        }),
    );
}

/// Customers, the accounts they are known by, and their open items.
fn fill(conn: &Connection, world: &World) {
    let first = Act::OpenBook {
        company: "Bench".into(),
        currency: Currency::EUR,
        login: "anna".into(),
        name: "Anna Berg".into(),
    };
    acts::init(conn, &actor(), stamp(), &Request::new(first)).expect("opened");
    let customer = |place: usize| CustomerRow {
        line: place as u64 + 1,
        id: world.customer_number(place),
        name: world.name(place),
        group: None,
        country: None,
        currency: Some(Currency::EUR),
        terms: None,
        credit_limit: None,
        email: None,
        phone: None,
        language: None,
        owner: None,
        address: None,
    };
    import(conn, "customers", Rows::Customers((0..world.customers()).map(customer).collect()));
    import(
        conn,
        "invoices",
        Rows::Invoices((0..world.items).map(|place| invoice(world, place)).chain(paid(world)).collect()),
    );
    act(conn, Act::AddBankAccount { name: "Main".into(), number: ACCOUNT.into(), currency: Currency::EUR });
    for place in 0..world.customers() {
        let value = world.account(place);
        if !value.is_empty() {
            act(conn, Act::SetAlias { customer: place as i64 + 1, kind: "account".into(), value, held: true });
        }
    }
}

fn invoice(world: &World, place: usize) -> InvoiceRow {
    let item = world.item(place);
    let before = item.amount - world.open(place);
    InvoiceRow {
        line: place as u64 + 1,
        number: item.number,
        customer: world.customer_number(item.customer),
        customer_name: None,
        document_date: item.document_date,
        due_date: Some(item.due),
        terms: None,
        terms_base: None,
        amount: item.amount.abs(),
        currency: if item.dollars { Currency::USD } else { Currency::EUR },
        kind: if item.credit { DocumentKind::CreditNote } else { DocumentKind::Invoice },
        reference: None,
        order: Some(item.order),
        settled_date: (before > 0).then_some(item.document_date),
        settled_amount: (before > 0).then_some(before),
        disputed: false,
        tax: None,
    }
}

/// Documents paid long ago, whose numbers lie among the others.
fn paid(world: &World) -> impl Iterator<Item = InvoiceRow> + '_ {
    let long_ago = today() - chrono::Days::new(400);
    (world.items..world.items + world.paid).map(move |place| InvoiceRow {
        line: place as u64 + 1,
        number: world.number(place),
        customer: world.customer_number(place % world.customers()),
        customer_name: None,
        document_date: long_ago,
        due_date: Some(long_ago),
        terms: None,
        terms_base: None,
        amount: 10_000,
        currency: Currency::EUR,
        kind: DocumentKind::Invoice,
        reference: None,
        order: None,
        settled_date: Some(long_ago),
        settled_amount: None,
        disputed: false,
        tax: None,
    })
}

fn cases(world: &World, count: usize) -> Vec<Case> {
    let kinds = score::kinds();
    let mut maker = Maker::new(world, 1);
    (0..count).filter_map(|number| kinds[number % kinds.len()].1(&mut maker)).collect()
}

fn statement(conn: &Connection, cases: &[Case]) {
    let key = |number: usize, area: u64| {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&(number as u64).to_be_bytes());
        key[8..].copy_from_slice(&mix(number as u64 ^ area << 32).to_be_bytes());
        key
    };
    let entries = cases.iter().enumerate().map(|(number, case)| EntryRow {
        line: number as u64 + 1,
        booked: today(),
        value: case.payment.date,
        currency: case.payment.currency,
        amount: case.payment.amount,
        kind: EntryKind::Receipt,
        code: "PMNT RCDT ESCT".into(),
        reference: format!("B{number}"),
        key: key(number, 1),
        content: Some(key(number, 2)),
        likeness: key(number, 3),
        payments: vec![payment(case)],
    });
    let row = StatementRow {
        line: 1,
        source: Source::Statement,
        format: "camt.053.001.08".into(),
        number: "2026/1".into(),
        account: ACCOUNT.into(),
        currency: Currency::EUR,
        from: today(),
        to: today(),
        opening: None,
        closing: None,
        entries: entries.collect(),
        left_out: 0,
        notices: Vec::new(),
    };
    import(conn, "statement", Rows::Statements(vec![row]));
}

fn payment(case: &Case) -> PaymentRow {
    let said = &case.payment;
    let lines = said.lines.iter().map(|line| RemittanceRow {
        kind: String::new(),
        number: line.reference.clone(),
        amount: line.paid,
        discount: Some(line.discount),
        deduction: Some(line.deduction),
        reason: line.reason.clone(),
    });
    let number = Some(&said.customer_number).filter(|number| !number.is_empty());
    PaymentRow {
        amount: said.amount,
        payer: said.name.clone(),
        payer_account: said.account.clone(),
        structured: said.references.first().or(number).cloned().unwrap_or_default(),
        end_to_end: said.references.get(1).cloned().unwrap_or_default(),
        text: said.text.clone(),
        remittance: lines.collect(),
        raw: Vec::new(),
    }
}

/// The run itself, and one receipt's candidates as the screen asks for them.
fn measured(path: &BookPath) {
    let conn = open::open(path, open::Access::Write).expect("the book");
    let start = Instant::now();
    let tally = run::run(&conn, &actor(), stamp(), Mode::Post, &mut |_, _| true).expect("run");
    let seconds = start.elapsed().as_secs_f64();
    println!("matched and posted in {seconds:.2} s, peak {} MiB", memory("VmHWM"));
    println!(
        "{} payments, {} applied, payer of {} known, {} changed",
        tally.seen, tally.applied, tally.known, tally.stale
    );
    drop(conn);
    let reader = Reader::open(path).expect("the book");
    let conn = open::open(path, open::Access::Read).expect("the book");
    let waiting = matching::waiting(&conn, 0, 200).expect("payments");
    let mut times: Vec<f64> = waiting
        .iter()
        .map(|one| {
            let start = Instant::now();
            assert!(matching::candidates(&reader, one.id).expect("candidates").is_some());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!("candidates of one receipt: p50 {:.1} ms, p99 {:.1} ms over {}", at(50), at(99), times.len());
}

/// Compares what was applied with what was meant.
fn judge(conn: &Connection, world: &World, cases: &[Case]) {
    let mut applied: HashMap<i64, Vec<String>> = HashMap::new();
    let text = "SELECT s.payment_id, d.number FROM payment_step s JOIN item c ON c.document_id = s.document_id \
                JOIN allocation a ON a.credit_item = c.id JOIN item i ON i.id = a.debit_item \
                JOIN document d ON d.id = i.document_id WHERE s.what IN ('receipt', 'on account') ORDER BY 1, 2";
    let mut statement = conn.prepare(text).expect("a question");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        applied.entry(row.get(0).expect("id")).or_default().push(row.get(1).expect("number"));
    }
    let text = "SELECT d.number FROM item i JOIN document d ON d.id = i.document_id WHERE i.open <> 0";
    let mut statement = conn.prepare(text).expect("a question");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    let open: HashSet<String> = rows.collect::<Result<_, _>>().expect("numbers");
    let (mut right, mut wrong) = (0, 0);
    for (number, case) in cases.iter().enumerate() {
        let Some(paid) = applied.get(&(number as i64 + 1)) else { continue };
        let all = case.truth.iter().flat_map(|(_, places)| places).map(|place| world.number(*place));
        let (meant, credits): (Vec<String>, Vec<String>) = all.partition(|number| number.starts_with("INV"));
        // Credits taken off pay a part of the items themselves, so that not every item has an allocation of the receipt.
        let closed = meant.iter().chain(&credits).all(|number| !open.contains(number));
        if paid.iter().all(|number| meant.contains(number)) && closed {
            right += 1;
        } else {
            wrong += 1;
            if wrong <= 5 {
                println!("wrong: {case:#?} paid {paid:?}");
            }
        }
    }
    println!("applied rightly {right}, wrongly {wrong}");
    assert_eq!(wrong, 0, "applied wrongly");
}

/// The bare join: words looked up in a hash table of numbers, amounts compared.
fn floor(world: &World, cases: &[Case]) {
    let start = Instant::now();
    let table: HashMap<String, i64> = (0..world.items).map(|place| (world.number(place), world.open(place))).collect();
    let built = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let words = |text: &str| -> i64 {
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/')).filter_map(|word| table.get(word)).sum()
    };
    let found = cases.iter().filter(|case| words(&case.payment.text) == case.payment.amount).count();
    println!("floor: table in {built:.2} s, join in {:.3} s, {found} found", start.elapsed().as_secs_f64());
}
