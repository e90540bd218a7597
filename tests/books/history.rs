//! Random histories: sixty days of acts, sensible and not, dated back and taken back, over three customers and two
//! currencies. Book and model must agree act by act, and on every day of the span whichever way the day is computed.

use super::book::{Book, code, day, document, receipt};
use super::dice::Dice;
use super::model::{Model, Totals};
use chrono::{Days, NaiveDate};
use o2c::acts::Act;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;

const CURRENCIES: [Currency; 2] = [Currency::EUR, Currency::USD];

fn a_date(dice: &mut Dice, today: NaiveDate) -> NaiveDate {
    let back = if dice.one_in(3) { dice.from(0, 25) } else { dice.from(0, 2) };
    today - Days::new(back.unsigned_abs())
}

/// Some items of the model with amounts, mostly right.
fn shares(dice: &mut Dice, model: &Model, customer: i64, currency: Currency, most: i64) -> Vec<(i64, i64)> {
    let mut left = most;
    let mut shares = Vec::new();
    for _ in 0..dice.from(0, 3) {
        let fits = |place: &usize| {
            let item = &model.items[*place];
            item.customer == customer && item.currency == currency && model.open(*place) > 0
        };
        let candidates: Vec<usize> = (0..model.items.len()).filter(fits).collect();
        if candidates.is_empty() || dice.one_in(12) {
            shares.push((dice.from(0, model.items.len() as i64 + 1), dice.from(-1, 5_000)));
            continue;
        }
        let place = candidates[(dice.next() % candidates.len() as u64) as usize];
        let open = model.open(place);
        let amount = if dice.one_in(3) { open } else { dice.from(1, open) };
        let amount = if dice.one_in(10) { amount + 1 } else { amount.min(left.max(1)) };
        left -= amount;
        shares.push((place as i64 + 1, amount));
    }
    shares
}

fn a_document(dice: &mut Dice, n: i64, customer: i64, date: NaiveDate, currency: Currency, amount: i64) -> Act {
    let kind =
        [Kind::Invoice, Kind::Invoice, Kind::Invoice, Kind::DebitNote, Kind::CreditNote][dice.from(0, 4) as usize];
    let due = match dice.from(0, 3) {
        0 => None,
        1 => Some(date + Days::new(dice.from(0, 3).unsigned_abs())),
        2 if dice.one_in(6) => Some(date - Days::new(1)),
        _ => Some(date + Days::new(dice.from(0, 45).unsigned_abs())),
    };
    let number = if dice.one_in(15) {
        "DOC-1".to_owned()
    } else if dice.one_in(15) {
        format!("C-{}", dice.from(1, 5))
    } else {
        format!("DOC-{n}")
    };
    document(kind, &number, customer, date, due, currency, amount)
}

fn an_act(dice: &mut Dice, model: &Model, today: NaiveDate, n: i64, last: i64) -> Act {
    let customer = if dice.one_in(40) { 9 } else { dice.from(1, 3) };
    let currency = CURRENCIES[dice.from(0, 1) as usize];
    let amount = if dice.one_in(40) { dice.from(-1, 0) } else { dice.from(1, 100_000) };
    let date = a_date(dice, today);
    let item = dice.from(1, model.items.len().max(1) as i64 + 1);
    let open = if item as usize <= model.items.len() { model.open(item as usize - 1) } else { 7 };
    let part = if dice.one_in(8) { open + 1 } else { dice.from(1, open.max(1)) };
    match dice.from(0, 99) {
        0..=29 => a_document(dice, n, customer, date, currency, amount),
        30..=54 => {
            let reference = match dice.from(0, 9) {
                0..=4 => String::new(),
                5 => format!("R-{}", dice.from(1, 9)),
                _ => format!("TRX {n}"),
            };
            let applied = shares(dice, model, customer, currency, amount);
            receipt(customer, &reference, date, currency, amount, applied)
        }
        55..=66 => {
            let credits: Vec<usize> = (0..model.items.len()).filter(|place| model.open(*place) < 0).collect();
            let credit = if credits.is_empty() || dice.one_in(10) {
                item
            } else {
                credits[(dice.next() % credits.len() as u64) as usize] as i64 + 1
            };
            let (owner, currency) =
                model.items.get(credit as usize - 1).map_or((1, currency), |item| (item.customer, item.currency));
            let most = model.items.get(credit as usize - 1).map_or(1, |_| -model.open(credit as usize - 1));
            Act::Apply { credit, applied: shares(dice, model, owner, currency, most), effective: date }
        }
        67..=74 => {
            let allocation = dice.from(1, model.links.len().max(1) as i64 + 1);
            Act::Unapply { allocation, effective: date, reason: "wrong invoice".into() }
        }
        75..=78 => Act::Credit { item, amount: part, date, reason: "goodwill".into() },
        79..=81 => Act::WriteOff { item, amount: part, date, reason: "small".into() },
        82..=86 => Act::OpenDispute { item, amount: part, reason: "price".into(), text: "Too dear".into() },
        87..=90 => {
            let dispute = dice.from(1, model.cases.len().max(1) as i64);
            let case = model.cases.get(dispute as usize - 1);
            let (version, most) = case.map_or((1, 9), |case| (case.version, case.amount));
            let version = if dice.one_in(8) { version + 1 } else { version };
            let accepted = [0, most, dice.from(-1, most + 1)][dice.from(0, 2) as usize];
            Act::ResolveDispute { dispute, version, accepted, text: "decided".into() }
        }
        _ => {
            let oldest = if dice.one_in(4) { 8 } else { (last - 6).max(8) };
            let newest = last.max(8) + i64::from(dice.one_in(20));
            let act = dice.from(oldest, newest);
            // Taking back an undo is doing it again; the rules of single acts look at that.
            let undo = model.acts.get(&act).is_some_and(|wrote| wrote.is_undo);
            Act::Undo { act: if undo { 10_000 } else { act } }
        }
    }
}

/// What the book's rows say of a currency at a day, known at an act: straight from items and allocations.
fn by_rows(book: &Book, currency: Currency, at: NaiveDate, known: i64) -> Totals {
    let sql = "WITH moved AS (
          SELECT i.id, i.kind, i.due_date, i.amount FROM item i
          WHERE i.currency = ?1 AND i.document_date <= ?2 AND i.act_id <= ?3
          UNION ALL SELECT i.id, i.kind, i.due_date, -a.amount FROM allocation a JOIN item i ON i.id = a.debit_item
          WHERE i.currency = ?1 AND a.effective <= ?2 AND a.act_id <= ?3
          UNION ALL SELECT i.id, i.kind, i.due_date, a.amount FROM allocation a JOIN item i ON i.id = a.credit_item
          WHERE i.currency = ?1 AND a.effective <= ?2 AND a.act_id <= ?3)
        SELECT CASE WHEN kind IN (2, 5) THEN 6 WHEN kind = 4 THEN 7 ELSE
            min(5, max(0, CAST(julianday(?2) - julianday(due_date) AS INTEGER) + 29) / 30) END, sum(amount)
        FROM moved GROUP BY 1";
    let mut statement = book.conn.prepare_cached(sql).expect("a question");
    let mut totals = [0; 8];
    let mut rows = statement.query((currency.code(), at.to_string(), known)).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        totals[usize::from(row.get::<_, u8>(0).expect("a bucket"))] = row.get(1).expect("an amount");
    }
    totals
}

/// The same from the kept sums, and the control account from the kept sums and from the postings.
fn by_days(book: &Book, currency: Currency, at: NaiveDate) -> (Totals, i64, i64) {
    let sql = "SELECT measure, sum(amount) FROM daily WHERE currency = ?1 AND day <= ?2 GROUP BY measure";
    let mut statement = book.conn.prepare_cached(sql).expect("a question");
    let mut sums = [0i64; 17];
    let mut rows = statement.query((currency.code(), at.to_string())).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        sums[usize::from(row.get::<_, u8>(0).expect("a measure"))] = row.get(1).expect("an amount");
    }
    let over = [sums[7], sums[8], sums[9], sums[10], sums[11], sums[12], 0];
    let mut totals = [0; 8];
    for bucket in 0..6 {
        totals[bucket] = over[bucket] - over[bucket + 1];
    }
    totals[6] = sums[5];
    totals[7] = sums[6];
    let sql = "SELECT coalesce(sum(amount * ((debit IN (1200, 1210, 1220)) - (credit IN (1200, 1210, 1220)))), 0)
        FROM posting WHERE currency = ?1 AND date <= ?2";
    let mut statement = book.conn.prepare_cached(sql).expect("a question");
    let control = statement.query_row((currency.code(), at.to_string()), |row| row.get(0)).expect("a sum");
    (totals, sums[2], control)
}

fn agree(book: &Book, model: &Model, first: NaiveDate, last: NaiveDate) {
    for at in first.iter_days().take_while(|at| *at <= last) {
        for currency in CURRENCIES {
            let must = model.totals(currency, at);
            assert_eq!(by_rows(book, currency, at, i64::MAX), must, "by rows, {currency} at {at}");
            let (days, kept, control) = by_days(book, currency, at);
            assert_eq!(days, must, "by days, {currency} at {at}");
            let net: i64 = must.iter().sum();
            assert_eq!((kept, control), (net, net), "control account, {currency} at {at}");
        }
        for (place, item) in model.items.iter().enumerate() {
            let open = model.open_at(place, at);
            let fine = open * item.amount >= 0 && open.abs() <= item.amount.abs();
            assert!(fine, "item {} has {open} of {} open at {at}", place + 1, item.amount);
        }
    }
}

fn history(seed: u64) {
    println!("O2C_SEED={seed} cargo test --test books");
    let mut dice = Dice(seed);
    let mut book = Book::new();
    let mut model = Model::default();
    let (start, span) = (book.today, 60);
    let mut snapshots = Vec::new();
    let mut tally = [0usize; 2];
    for n in 0..120 {
        book.today = start + Days::new(n * span / 120);
        let last = book.number("SELECT max(id) FROM act");
        let act = an_act(&mut dice, &model, book.today, n.cast_signed(), last);
        let shown = format!("seed {seed}, act {}: {act:?}", last + 1);
        let predicted = model.perform(last + 1, &act, book.today);
        let outcome = book.perform(act);
        match predicted {
            Ok(()) => assert_eq!(outcome.map(|done| done.act).map_err(|e| format!("{shown}: {e}")), Ok(last + 1)),
            Err(must) => assert_eq!(code(outcome), must, "{shown}"),
        }
        tally[usize::from(predicted.is_err())] += 1;
        for (place, item) in model.items.iter().enumerate() {
            let sql = "SELECT open, disputed FROM item WHERE id = ?1";
            let mut statement = book.conn.prepare_cached(sql).expect("a question");
            let found: (i64, i64) =
                statement.query_row([place as i64 + 1], |row| Ok((row.get(0)?, row.get(1)?))).expect("an item");
            assert_eq!(found, (model.open(place), item.disputed), "item {} after {shown}", place + 1);
        }
        if dice.one_in(20) {
            let at = start + Days::new(dice.from(0, 100).unsigned_abs());
            snapshots.push((
                last + i64::from(predicted.is_ok()),
                at,
                CURRENCIES.map(|currency| model.totals(currency, at)),
            ));
        }
    }
    assert!(tally[0] > 40 && tally[1] > 5, "a history of nothing: {tally:?}");
    agree(&book, &model, start - Days::new(30), start + Days::new(130));
    book.assert_sound();
    for (act, at, must) in snapshots {
        let then = CURRENCIES.map(|currency| by_rows(&book, currency, at, act));
        assert_eq!(then, must, "as known at act {act}, on {at}");
    }
}

#[test]
fn book_and_model_agree_after_every_act_and_on_every_day() {
    if let Some(seed) = std::env::var("O2C_SEED").ok().and_then(|text| text.parse().ok()) {
        return history(seed);
    }
    let seeds = std::env::var("O2C_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(25);
    for seed in 1..=seeds {
        history(seed);
    }
}

#[test]
fn the_span_is_as_long_as_it_says() {
    assert_eq!(day("2026-03-02") + Days::new(60), day("2026-05-01"));
}
