//! Which test answers which thread: ids stand in the doc comments of tests, and this table names every id there has to
//! be one for. What the program has no answer to yet is named with what lacks, and moves up when a test answers it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::rigs::source;

/// Threads a test answers.
const ANSWERED: [(&str, &[&str]); 6] = [
    (
        "aging",
        &[
            "frappe/erpnext#49262",
            "odoo/odoo#77668",
            "frappe/erpnext#35491",
            "frappe/erpnext#51596",
            "frappe/erpnext#43161",
            "frappe/erpnext PR#47580",
            "frappe/erpnext#7407",
            "OCA/account-payment#386",
            "OCA/account-financial-reporting#707",
            "OCA/account-financial-reporting#546",
            "OCA/account-financial-reporting#829",
            "OCA/account-financial-reporting#656",
            "OCA/account-financial-reporting#1069",
            "OCA/account-financial-reporting PR#853",
            "OCA/account-financial-reporting#487",
            "odoo/odoo PR#7539",
            "odoo/odoo#19781",
            "invoiceninja/invoiceninja#7121",
            "moiz-lakkadkutta/Fabric-Inventory#197",
            "CustAging",
            "webshopextension.com",
            "ledgersmb/LedgerSMB#7177",
            "ledgersmb/LedgerSMB#1290",
            "LedgerSMB Report.sql",
        ],
    ),
    (
        "dunning",
        &[
            "OCA/credit-control PR#208",
            "OCA/credit-control#330",
            "OCA/credit-control#211",
            "OCA/credit-control#562",
            "OCA/credit-control#460",
            "OCA/credit-control PR#35",
            "OCA/credit-control PR#447",
            "OCA reminder readme",
            "frappe/erpnext#41752",
            "frappe/erpnext#42605",
            "frappe/erpnext PR#49066",
            "frappe/erpnext#58220",
            "frappe/erpnext PR#22559",
            "invoiceninja/invoiceninja#2330",
            "invoiceninja/invoiceninja#637",
            "Dolibarr/dolibarr#25197",
            "invoiceninja/invoiceninja#10263",
            "invoiceninja/invoiceninja#8716",
            "Dolibarr/dolibarr#14695",
            "adempiere/adempiere#2369",
            "microsoft/AL#7914",
            "microsoft/AL#7573",
            "killbill/killbill#2297",
            "killbill/killbill#695",
        ],
    ),
    ("promises", &["feedback.invoiced.com 362217"]),
    ("disputes", &["uservoice.doit.com 50972542", "invoiceplane forum topic 2309", "OCA/credit-control PR#170"]),
    (
        "cash",
        &[
            "ledgersmb/LedgerSMB#8858",
            "ledgersmb/LedgerSMB#2367",
            "frappe/erpnext#29595",
            "frappe/erpnext#54947",
            "frappe/erpnext#36393",
            "metasfresh/metasfresh PR#25498",
            "metasfresh/metasfresh#13845",
            "frappe/erpnext#38333",
            "frappe/erpnext PR#34287",
            "OCA/account-reconcile PR#500",
            "odoo/odoo#25623",
            "OCA/account-reconcile PR#169",
            "OCA/account-reconcile#991",
            "frappe/erpnext#43101",
            "frappe/erpnext#13992",
        ],
    ),
    ("approval and keyboard", &["bcgov/entity#11184", "frappe/books#1402"]),
];

/// Threads without an answer in the program, or with one that is measured and not tested.
const LACKING: [(&str, &str); 16] = [
    ("odoo/odoo PR#94050", "the discount left after an early part payment is the clerk's to grant"),
    ("odoo/odoo PR#44348", "speed: cargo bench --bench book"),
    ("odoo/odoo PR#54505", "speed: cargo bench --bench book"),
    ("odoo/odoo PR#75969", "speed: cargo bench --bench book"),
    ("frappe/erpnext#37561", "speed: cargo bench --bench screen"),
    ("frappe/erpnext PR#36650", "speed: cargo bench --bench screen"),
    ("frappe/erpnext PR#38091", "speed: cargo bench --bench book"),
    ("microsoft/BCApps PR#9195", "speed: cargo bench --bench book"),
    ("alyf-de/banking#105", "speed: cargo bench --bench screen"),
    ("frappe/erpnext#52960", "there are no orders to hold; o2c credit looks at one amount"),
    ("frappe/erpnext#37888", "there are no orders, shipments or checkpoints"),
    ("frappe/erpnext#33967", "there are no orders to close and open again"),
    ("frappe/erpnext#10861", "exposure has no orders"),
    ("frappe/erpnext#6906", "there is no queue of held orders"),
    ("OCA/stock-logistics-workflow#324", "there is no queue of held orders"),
    ("Dolibarr/dolibarr#12362", "risk and terms are the customer's; the most days of payment are not"),
];

/// The tests under `tests` with the words of their doc comments: file, name, words.
fn tests() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for path in source::files(&root.join("tests"), &[".rs"]) {
        let text = std::fs::read_to_string(&path).expect("a readable test");
        let file = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let (mut words, mut is_test) = (String::new(), false);
        for line in text.lines() {
            let line = line.trim_start();
            if let Some(more) = line.strip_prefix("///") {
                words += more;
            } else if line == "#[test]" {
                is_test = true;
            } else if let Some(name) = line.strip_prefix("fn ") {
                if is_test {
                    let name = name.split('(').next().unwrap_or(name);
                    found.push((file.clone(), name.to_owned(), std::mem::take(&mut words)));
                }
                (words, is_test) = (String::new(), false);
            } else if !line.starts_with('#') {
                (words, is_test) = (String::new(), false);
            }
        }
    }
    found
}

/// Whether the words name the thread, and not one whose number only begins like it.
fn names(words: &str, id: &str) -> bool {
    words.match_indices(id).any(|(at, _)| !words[at + id.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

#[test]
fn every_thread_is_answered_by_a_test_or_says_what_lacks() {
    let tests = tests();
    let mut missing = Vec::new();
    let mut table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (area, ids) in ANSWERED {
        for id in ids {
            let by: Vec<String> = tests
                .iter()
                .filter(|test| names(&test.2, id))
                .map(|(file, name, _)| format!("{file} {name}"))
                .collect();
            if by.is_empty() {
                missing.push(format!("{area}: no doc comment of a test names {id}"));
            }
            table.entry(area).or_default().push(format!("{id}: {}", by.join(", ")));
        }
    }
    for (id, lacks) in LACKING {
        if let Some((file, name, _)) = tests.iter().find(|test| names(&test.2, id)) {
            missing.push(format!("{file} {name} answers {id}, of which the table says: {lacks}"));
        }
    }
    for (area, rows) in table {
        println!("{area}\n  {}", rows.join("\n  "));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn no_thread_stands_twice() {
    let mut ids: Vec<&str> = ANSWERED.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    ids.extend(LACKING.iter().map(|(id, _)| *id));
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// The table notices a test that went: an id nobody names is not found, nor one that is the beginning of another.
#[test]
fn the_table_tells_ids_apart() {
    let words = " killbill/killbill#2297: thresholds. ";
    assert!(names(words, "killbill/killbill#2297"));
    assert!(!names(words, "killbill/killbill#229") && !names(words, "killbill/killbill#695"));
    assert!(!tests().iter().any(|test| names(&test.2, "nobody/nothing#1")));
}
