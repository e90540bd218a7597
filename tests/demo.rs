//! The demo book: the same for the same plan, tied to its ledger, with something on every screen.

use o2c::demo::{self, Plan, Size};
use o2c::store::BookPath;
use rusqlite::Connection;

fn plan(seed: u64) -> Plan {
    Plan { seed, ..Plan::on("2026-03-16".parse().unwrap()) }
}

struct Made {
    book: Connection,
    _folder: tempfile::TempDir,
}

fn made(plan: &Plan) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.o2c");
    demo::make(&BookPath::new(&path), plan, &mut |done, total| assert!(done <= total)).unwrap();
    Made { book: Connection::open(&path).unwrap(), _folder: folder }
}

impl Made {
    fn number(&self, sql: &str) -> i64 {
        self.book.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The last hash of the audit chain covers every act and every posted row.
    fn chain(&self) -> String {
        self.book.query_row("SELECT hex(hash) FROM act ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).unwrap()
    }

    fn ties(&self) {
        let off = self.number(
            "SELECT count(*) FROM (SELECT currency, sum(signed) AS sum FROM (\
               SELECT currency, open AS signed FROM item UNION ALL \
               SELECT currency, -sum(amount) FROM daily WHERE measure = 2 GROUP BY currency) \
             GROUP BY currency) WHERE sum <> 0",
        );
        assert_eq!(off, 0, "open items and control account differ");
        let wrong = self.number(
            "SELECT count(*) FROM item WHERE abs(open) <> abs(amount) - (SELECT coalesce(sum(a.amount), 0) \
             FROM allocation a WHERE a.debit_item = item.id OR a.credit_item = item.id)",
        );
        assert_eq!(wrong, 0, "items whose open amount is not what was allocated");
    }
}

#[test]
fn the_same_plan_is_the_same_book_and_another_seed_is_not() {
    let small = |seed| Plan { size: Size { customers: 20, invoices: 400 }, ..plan(seed) };
    let first = made(&small(1)).chain();
    assert_eq!(made(&small(1)).chain(), first);
    assert_ne!(made(&small(2)).chain(), first);
}

#[test]
fn the_usual_book_has_something_on_every_screen() {
    let made = made(&plan(1));
    made.ties();
    let count = |sql: &str| made.number(sql);
    assert_eq!(count("SELECT count(*) FROM customer"), 60);
    assert_eq!(count("SELECT count(*) FROM document WHERE kind = 1"), 2_400);
    assert_eq!(count("SELECT count(DISTINCT currency) FROM item WHERE open <> 0"), 2);
    let open = count("SELECT count(DISTINCT document_id) FROM item WHERE open <> 0 AND kind = 1");
    assert!((170..=340).contains(&open), "{open} invoices open");
    assert!(count("SELECT count(*) FROM item WHERE open > 0 AND due_date < '2025-12-16'") >= 8, "90 days past due");
    assert!(count("SELECT count(*) FROM item WHERE open > 0 AND due_date < '2025-11-16'") >= 4, "120 days past due");
    assert!(count("SELECT count(*) FROM item WHERE part > 1") >= 4, "instalments");
    assert!(
        count("SELECT count(DISTINCT person_id) FROM request WHERE state = 'waiting'") >= 3,
        "who waits for approval"
    );
    assert_eq!(count("SELECT count(*) FROM plan"), 5);
    let tasks = "SELECT count(*) FROM case_task t JOIN person p ON p.id = t.person_id WHERE p.login = 'anna'";
    assert!(count(tasks) >= 2, "what the person who opens the demo was asked to do");
    assert_eq!(count("SELECT count(*) FROM inquiry"), 4);
    for (state, least) in [("sent", 20), ("waiting", 2), ("unknown", 1)] {
        assert!(
            count(&format!("SELECT count(*) FROM mail WHERE state = '{state}'")) >= least,
            "mails that are {state}"
        );
    }
    assert!(count("SELECT count(*) FROM proposal") >= 2, "what customers answered");
    assert!(count("SELECT count(*) FROM dispute WHERE state = 'new'") >= 1);
    assert!((6..=10).contains(&count("SELECT count(*) FROM dispute WHERE state <> 'closed'")));
    for accepted in ["= 0", "= amount", "BETWEEN 1 AND amount - 1"] {
        let sql = format!("SELECT count(*) FROM dispute WHERE state = 'closed' AND accepted {accepted}");
        assert!(count(&sql) >= 1, "closed disputes with accepted {accepted}");
    }
    assert!(count("SELECT count(*) FROM promise WHERE promised_on = '2026-03-16' AND ended_on IS NULL") >= 1);
    assert!(count("SELECT count(*) FROM promise WHERE promised_on > '2026-03-16' AND ended_on IS NULL") >= 1);
    let broken = "SELECT count(*) FROM promise p JOIN item i ON i.id = p.item_id \
                  WHERE p.promised_on BETWEEN '2026-03-06' AND '2026-03-15' AND i.open > 0 AND p.ended_on IS NULL";
    assert!(count(broken) >= 1);
    assert!(count("SELECT count(*) FROM item WHERE kind = 4 AND open <> 0") >= 3, "unapplied receipts");
    assert!(count("SELECT count(*) FROM item WHERE kind = 2 AND open <> 0") >= 2, "open credit notes");
    assert!(count("SELECT count(*) FROM item WHERE kind = 5") >= 1, "write-offs");
    assert!(count("SELECT count(*) FROM item WHERE kind = 1 AND open <> 0 AND open <> amount") >= 3, "part payments");
    assert!(count("SELECT count(*) FROM customer WHERE next_on = '2026-03-16'") >= 2, "follow-ups today");
    assert!(count("SELECT count(*) FROM customer WHERE next_on > '2026-03-16'") >= 2, "follow-ups to come");
    assert!(count("SELECT count(*) FROM customer WHERE blocked = 1") >= 1);
    let exceeded = "SELECT count(*) FROM customer c JOIN standing s ON s.customer_id = c.id \
                    WHERE s.debits + s.credits + s.unapplied > c.credit_limit";
    assert!((2..=15).contains(&count(exceeded)), "limits exceeded: {}", count(exceeded));
    // Nothing is recorded later than the day the book ends on, and the log goes through the whole history.
    assert_eq!(count("SELECT count(*) FROM act WHERE recorded_at >= '2026-03-17'"), 0);
    assert!(count("SELECT count(DISTINCT substr(recorded_at, 1, 7)) FROM act") >= 36);
}

#[test]
fn customers_are_named_in_many_scripts() {
    let made = made(&Plan { size: Size { customers: 60, invoices: 60 }, ..plan(1) });
    let mut names = made.book.prepare("SELECT name FROM customer").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let scripts = [
        ('a', 'z'),
        ('α', 'ω'),
        ('а', 'я'),
        ('一', '鿿'),
        ('가', '힣'),
        ('ا', 'ي'),
        ('א', 'ת'),
        ('ก', 'ฮ'),
        ('अ', 'ह'),
    ];
    let seen =
        scripts.iter().filter(|(low, high)| names.iter().any(|name| name.chars().any(|c| (*low..=*high).contains(&c))));
    assert!(seen.count() >= 5, "{names:?}");
    let mut distinct = names.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len());
}

#[test]
fn a_large_book_comes_in_one_file_and_ties() {
    let made = made(&Plan { size: Size { customers: 700, invoices: 21_000 }, ..plan(3) });
    made.ties();
    assert_eq!(made.number("SELECT count(*) FROM document WHERE kind = 1"), 21_000);
    assert!(made.number("SELECT count(*) FROM dispute WHERE state <> 'closed'") >= 10);
    assert!(made.number("SELECT count(*) FROM promise") >= 20);
    assert!(made.number("SELECT count(*) FROM act") < 6_000);
}

#[test]
fn tiny_books_are_possible_on_any_day() {
    for (today, customers, invoices) in [("2026-01-01", 1, 1), ("2024-02-29", 3, 30), ("2026-11-22", 8, 120)] {
        made(&Plan { size: Size { customers, invoices }, seed: 5, today: today.parse().unwrap() }).ties();
    }
}
