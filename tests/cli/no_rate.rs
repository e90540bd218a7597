//! What is owed in a currency without a rate: it is listed and chased like everything else, in its own currency, and a
//! rate that comes late says what it leaves as it is.

use super::rig::Rig;

fn book() -> Rig {
    let rig = Rig::new("EUR");
    let rows = [
        "A-1,100,Nord,2026-01-01,2026-01-10,1000.00,EUR",
        "A-2,200,South Inc,2026-01-01,2026-01-10,5000.00,USD",
        "A-3,300,Both,2026-01-01,2026-01-10,300.00,EUR",
        "A-4,300,Both,2026-01-01,2026-01-10,700.00,USD",
        "A-5,400,Yen,2026-01-01,2026-01-10,100000,JPY",
        "A-6,500,Later,2026-03-20,2026-04-19,50.00,USD",
    ];
    let file = format!("number,customer,customer_name,document_date,due_date,amount,currency\n{}\n", rows.join("\n"));
    let file = rig.file("m.csv", file);
    rig.run(&["import", "invoices", &file]).done();
    rig
}

fn json(rig: &Rig, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&rig.run(args).done()).expect("JSON")
}

#[test]
fn a_customer_without_a_rate_is_called_like_any_other() {
    let rig = book();
    let list = json(&rig, &["worklist", "--json"]);
    let row = |customer: &str| {
        let rows = list["rows"].as_array().expect("rows");
        rows.iter().find(|row| row["customer"] == customer).unwrap_or_else(|| panic!("{customer}: {list}")).clone()
    };
    assert_eq!(list["total"], 4, "{list}");
    let south = row("200");
    assert_eq!((&south["overdue"], &south["base"]), (&"0.00".into(), &"EUR".into()));
    assert_eq!((&south["no_rate"], &south["next"]), (&"5000.00 USD".into(), &"call".into()));
    assert_eq!(south["why"], "No rate: 5,000.00 USD overdue");
    assert_eq!((&row("300")["overdue"], &row("300")["no_rate"]), (&"300.00".into(), &"700.00 USD".into()));
    assert_eq!(row("400")["no_rate"], "100000 JPY");
    let said = rig.run(&["worklist"]).done();
    assert!(said.contains("3 of them have overdue items without a rate to EUR"), "{said}");
    let why = rig.run(&["worklist", "--why", "200"]).done();
    assert!(why.contains("No rate: 5,000.00 USD overdue"), "{why}");
    let why = rig.run(&["worklist", "--why", "500"]).done();
    assert!(why.contains("the next item is due Sun 19 Apr 2026"), "{why}");
    assert!(rig.run(&["customers", "--where", "is:overdue", "--csv"]).done().contains("\n200,"));
}

#[test]
fn what_is_promised_disputed_or_on_hold_waits_without_a_rate_too() {
    let rig = book();
    rig.run(&["promise", "A-2", "--on", "+1w"]).done();
    rig.run(&["dispute", "open", "A-5", "--reason", "price"]).done();
    let list = rig.run(&["worklist", "--csv", "--all"]).done();
    assert!(!list.contains("South") && !list.contains("Yen") && list.contains("Both"), "{list}");
    let why = rig.run(&["worklist", "--why", "200"]).done();
    assert!(!why.contains("nothing is open"), "{why}");
    let part = book();
    part.run(&["promise", "A-2", "--on", "+1w", "--amount", "100"]).done();
    assert!(part.run(&["worklist", "--csv", "--all"]).done().contains("South"));
}

#[test]
fn amounts_say_which_currency_they_are_in() {
    let rig = book();
    rig.run(&["customer", "set", "200", "--currency", "USD", "--limit", "9000"]).done();
    let shown = rig.run(&["customer", "show", "200"]).done();
    assert!(shown.contains("limit 9,000.00 USD"), "{shown}");
    assert!(shown.contains("without a rate and in none of these amounts: 5,000.00 USD open"), "{shown}");
    let shown = json(&rig, &["customer", "show", "200", "--json"]);
    assert_eq!(shown["no_rate"][0]["open"], "5000.00", "{shown}");
    let list = json(&rig, &["customers", "--json"]);
    let rows = list["rows"].as_array().expect("rows");
    let south = rows.iter().find(|row| row["number"] == "200").expect("the customer");
    assert_eq!((&south["base"], &south["limit_currency"]), (&"EUR".into(), &"USD".into()), "{south}");
    assert_eq!((&south["open"], &south["no_rate"]), (&"0.00".into(), &"5000.00 USD".into()), "{south}");
}

#[test]
fn a_late_rate_says_what_it_does_not_change() {
    let rig = book();
    let said = rig.run(&["rate", "USD", "0.9", "--from", "2026-01-01"]).done();
    assert!(said.contains("for what is posted from now on"), "{said}");
    assert!(said.contains("3 open items in USD posted before stay without a rate"), "{said}");
    let said = rig.run(&["rate", "GBP", "1.2", "--from", "2026-01-01"]).done();
    assert!(!said.contains("without a rate"), "{said}");
}
