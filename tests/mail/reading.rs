//! Mails that come back: what customers answer in four languages, notices of machines, and mails made to break a reader.

use o2c::domain::money::Currency;
use o2c::mail::read::{Sort, read};
use o2c::mail::reply::{Known, Meaning, proposals};
use o2c::mail::{address::Mailbox, message};

fn mail(headers: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Anna Weber <Anna.Weber@acme.com>\r\nTo: accounts@nordwind.example\r\nDate: Tue, 31 Mar 2026 10:00:00 +0200\r\n\
         Message-ID: <x1@acme.com>\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

const PLAIN: &str = "Subject: Re: Reminder\r\nContent-Type: text/plain; charset=utf-8\r\n";

/// Meaning, day, amount and documents of each proposal of a plain answer.
fn proposed(body: &str) -> Vec<(Meaning, String, String, String)> {
    let numbers = ["INV-20448".to_owned(), "INV-20450".to_owned(), "4711".to_owned()];
    let known = Known { numbers: &numbers, currency: Currency::EUR, today: "2026-03-31".parse().expect("a day") };
    let read = read(&mail(PLAIN, body)).expect("a mail");
    let text = |on: Option<chrono::NaiveDate>| on.map_or_else(String::new, |on| on.to_string());
    proposals(&read, &known)
        .into_iter()
        .map(|one| {
            let amount = one.amount.map_or_else(String::new, |(minor, currency)| format!("{minor} {currency}"));
            (one.meaning, text(one.on), amount, one.documents.join(" "))
        })
        .collect()
}

/// What stands behind a sentence that ends in a date is a sentence of its own, about documents of its own.
#[test]
fn a_date_at_its_end_does_not_swallow_the_next_sentence() {
    use Meaning::{Dispute, Paid, Promise};
    let paid = proposed("INV-20448 zahlen wir am 11.12.2026. INV-20450 haben wir am 28.03. bezahlt.");
    let words = |one: &(Meaning, String, String, String)| (one.0, one.1.clone(), one.3.clone());
    let got: Vec<_> = paid.iter().map(words).collect();
    let wanted = [(Promise, "2026-12-11", "INV-20448"), (Paid, "2026-03-28", "INV-20450")];
    assert_eq!(got, wanted.map(|(meaning, on, of)| (meaning, on.to_owned(), of.to_owned())));
    let disputed = proposed("We will pay INV-20448 on 5 April 2026. The price on INV-20450 is wrong.");
    assert_eq!(
        disputed.iter().map(|one| (one.0, one.3.as_str())).collect::<Vec<_>>(),
        [(Promise, "INV-20448"), (Dispute, "INV-20450")]
    );
}

#[test]
fn answers_in_four_languages_propose_what_they_say() {
    use Meaning::{Dispute, Paid, Promise, Query};
    for (body, meaning, on, amount, documents) in [
        ("Hello,\n\nwe have paid 1,234.50 EUR on 28 March.\n\nRegards", Paid, "2026-03-28", "123450 EUR", ""),
        ("INV-20448 has been paid already.", Paid, "", "", "INV-20448"),
        ("We will pay invoice inv 20448 on 5 April.", Promise, "2026-04-05", "", "INV-20448"),
        ("Payment will be made next Friday.", Promise, "2026-04-03", "", ""),
        ("The price on INV-20450 is wrong, EUR 150.00 too much.", Dispute, "", "15000 EUR", "INV-20450"),
        ("We never received the goods of 4711.", Dispute, "", "", "4711"),
        ("Could you send me a copy of INV-20448?", Query, "", "", "INV-20448"),
        ("Wir haben den Betrag am Freitag überwiesen.", Paid, "2026-03-27", "", ""),
        ("Die Rechnung 4711 wird bis zum 15.04. bezahlt.", Promise, "2026-04-15", "", "4711"),
        ("Wir haben noch nicht bezahlt und werden am 02.04.2026 zahlen.", Promise, "2026-04-02", "", ""),
        ("Die Ware zu INV-20448 war beschädigt.", Dispute, "", "", "INV-20448"),
        ("Bitte senden Sie uns eine Kopie.", Query, "", "", ""),
        ("Nous avons réglé cette facture le 27 mars.", Paid, "2026-03-27", "", ""),
        ("Le règlement sera effectué le 1er avril.", Promise, "2026-04-01", "", ""),
        ("Nous n’avons pas reçu la marchandise de INV-20448.", Dispute, "", "", "INV-20448"),
        ("Pouvez-vous nous envoyer une copie ?", Query, "", "", ""),
        ("Ya hemos pagado 1.234,50 € ayer.", Paid, "2026-03-30", "123450 EUR", ""),
        ("Pagaremos el 5 de abril de 2026.", Promise, "2026-04-05", "", ""),
        ("El importe es incorrecto.", Dispute, "", "", ""),
        ("¿Nos pueden enviar una copia?", Query, "", "", ""),
        ("INV-20448 zahlen wir nicht am 11.12.2026.", Query, "", "", "INV-20448"),
        ("Wir werden INV-20448 nicht zahlen.", Query, "", "", "INV-20448"),
        ("Wir zahlen keine Rechnung, die Lieferung ist strittig.", Dispute, "", "", ""),
        ("No pagaremos la factura 4711 el 5 de abril.", Query, "", "", "4711"),
        ("We are not going to pay INV-20448.", Query, "", "", "INV-20448"),
        ("We paid INV-20448 on 28 March by transfer.", Paid, "2026-03-28", "", "INV-20448"),
        ("I've paid it yesterday.", Paid, "2026-03-30", "", ""),
        ("You will receive payment on Friday.", Promise, "2026-04-03", "", ""),
        ("You will receive our payment of 150.00 EUR on 5 April.", Promise, "2026-04-05", "15000 EUR", ""),
        ("Wir zahlten INV-20448 am 28. März per Überweisung.", Paid, "2026-03-28", "", "INV-20448"),
        ("Die Zahlung erfolgte am 27. März.", Paid, "2026-03-27", "", ""),
        ("Sie erhalten die Zahlung am 02.04.2026.", Promise, "2026-04-02", "", ""),
        ("Wir überweisen am 15.04.", Promise, "2026-04-15", "", ""),
        ("Nous avons bien payé INV-20448 le 28 mars par virement.", Paid, "2026-03-28", "", "INV-20448"),
        ("Vous recevrez le paiement le 5 avril.", Promise, "2026-04-05", "", ""),
        ("Pagamos INV-20448 el 28 de marzo por transferencia.", Paid, "2026-03-28", "", "INV-20448"),
        ("Recibirán el pago el 5 de abril.", Promise, "2026-04-05", "", ""),
        // Nothing a rule knows is somebody's to read.
        ("Merhaba", Query, "", "", ""),
    ] {
        let wanted = (meaning, on.to_owned(), amount.to_owned(), documents.to_owned());
        assert_eq!(proposed(body), [wanted], "{body}");
    }
}

#[test]
fn a_denial_is_no_payment_and_two_things_are_two_proposals() {
    for body in [
        "We have not paid yet.",
        "We have not made the payment yet.",
        "Das ist noch nicht bezahlt.",
        "Wir haben nicht gezahlt.",
        "Nous n'avons pas payé.",
        "Nous n'avons pas encore payé.",
        "La factura no pagada.",
        "No hemos pagado la factura.",
    ] {
        assert!(proposed(body).iter().all(|one| one.0 != Meaning::Paid), "{body}");
    }
    let both =
        proposed("INV-20448 has been paid on 28 March. The price on INV-20450 is not correct, so we hold it back.");
    assert_eq!(
        both.iter().map(|one| (one.0, one.3.as_str())).collect::<Vec<_>>(),
        [(Meaning::Paid, "INV-20448"), (Meaning::Dispute, "INV-20450")]
    );
    assert!(proposed("").is_empty() && proposed("\r\n-- \r\n").is_empty());
}

#[test]
fn what_a_mail_quotes_is_not_its_own() {
    for quote in [
        "On Mon, 30 Mar 2026 at 09:00, Nordwind <a@b.com> wrote:\n> Please pay, the amount is not correct\n",
        "On Mon, 30 Mar 2026 at 09:00, Nordwind\n<accounts@nordwind.example> wrote:\n\nnot correct\n",
        "Am 30.03.2026 um 09:00 schrieb Nordwind:\n> nicht korrekt",
        "Le lun. 30 mars 2026 à 09:00, Nordwind a écrit :\n> erreur",
        "El lun, 30 mar 2026 a las 9:00, Nordwind escribió:\n> incorrecto",
        "-----Original Message-----\nFrom: Nordwind\nis wrong",
        "-----Ursprüngliche Nachricht-----\nist falsch",
        "________________________________\nFrom: Nordwind\nis wrong",
        "Von: Nordwind <a@b.com>\nGesendet: Montag\nAn: Anna\nBetreff: Mahnung\n\nist falsch",
        "> is wrong\n> is wrong",
    ] {
        let body = format!("We have paid on 28 March.\n\n{quote}");
        assert_eq!(proposed(&body).iter().map(|one| one.0).collect::<Vec<_>>(), [Meaning::Paid], "{quote}");
    }
}

#[test]
fn an_answer_is_matched_by_the_id_of_the_letter_it_answers() {
    let from = Mailbox::new("", "accounts@nordwind.example").expect("an address");
    let (id, other) = (message::id("book", "L-7", &from), message::id("book", "L-8", &from));
    let headers = format!("{PLAIN}In-Reply-To: <{id}>\r\nReferences: <a@b> <{id}>\r\n <{other}>\r\n");
    let read_one = read(&mail(&headers, "Paid.")).expect("a mail");
    assert_eq!(read_one.answers, [id.clone(), other]);
    assert_eq!((read_one.from.as_str(), read_one.name.as_str()), ("anna.weber@acme.com", "Anna Weber"));
    assert_eq!((read_one.subject.as_str(), read_one.id.as_str()), ("Re: Reminder", "x1@acme.com"));
    assert_eq!(read_one.on, "2026-03-31".parse().ok());
    // An id in the text is somebody's claim, not an answer.
    assert!(read(&mail(PLAIN, &format!("In-Reply-To: <{id}>"))).expect("a mail").answers.is_empty());
    assert!(read(&mail(&format!("{PLAIN}In-Reply-To: <o2c.xyz@b>\r\n"), "x")).expect("a mail").answers.is_empty());
}

#[test]
fn notices_of_machines_propose_nothing_and_returned_letters_say_whose() {
    let known = Known { numbers: &[], currency: Currency::EUR, today: "2026-03-31".parse().expect("a day") };
    let away =
        read(&mail(&format!("{PLAIN}Auto-Submitted: auto-replied\r\n"), "We will pay on Friday.")).expect("a mail");
    assert_eq!(away.sort, Sort::Automatic);
    assert!(proposals(&away, &known).is_empty());
    let id = message::id("book", "L-7", &Mailbox::new("", "accounts@nordwind.example").expect("an address"));
    let report = format!(
        "From: MAILER-DAEMON@mx.acme.com\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Your mail could not be delivered. We will pay.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.acme.com\r\n\r\nFinal-Recipient: rfc822; Billing@Acme.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\nSubject: Reminder\r\n--b--\r\n"
    );
    let read = read(report.as_bytes()).expect("a mail");
    let Sort::Returned(returned) = &read.sort else { panic!("{:?}", read.sort) };
    assert_eq!(
        (returned.address.as_str(), returned.status.as_str(), returned.for_good),
        ("billing@acme.com", "5.1.1", true)
    );
    assert_eq!(read.answers, [id]);
    assert!(proposals(&read, &known).is_empty());
}

#[test]
fn mails_made_to_break_a_reader_are_read_or_refused() {
    let nested = (0..2_000).fold(String::new(), |mut text, n| {
        text.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n"));
        text
    });
    let messages = "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n".repeat(5_000);
    let encoded = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n".repeat(1_000);
    let many = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n".repeat(100_000));
    let headers = "X: y\r\n".repeat(200_000);
    let words = format!("Subject: =?utf-8?B?{}?=\r\n\r\nx", "4pyT".repeat(50_000));
    for (what, text) in [
        ("nested", nested.into_bytes()),
        ("messages in messages", messages.into_bytes()),
        ("encoded messages", encoded.into_bytes()),
        ("many parts", many.into_bytes()),
        ("many headers", headers.into_bytes()),
        ("a long word", words.into_bytes()),
        ("a long line", format!("Subject: x\r\n\r\n{}", "a".repeat(3_000_000)).into_bytes()),
        ("no end", b"Subject: x".to_vec()),
        (
            "wrong letters",
            b"Subject: =?utf-8?Q?=FF=FE=?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\x80".to_vec(),
        ),
        ("wrong base64", b"Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=\xff".to_vec()),
        ("wrong quoting", b"Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=G1=\r\n==".to_vec()),
        ("utf-7", b"Subject: x\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+ADw-script+AD4-".to_vec()),
        ("a date", b"Subject: x\r\nDate: Fri, 99 Foo 99999 99:99:99 +9999\r\n\r\nx".to_vec()),
        (
            "escapes",
            "Subject: \u{1b}[2J\u{202e}x\r\nFrom: \u{1b}]0;x\u{7} <a@b.com>\r\n\r\n\u{1b}[31mred\u{202e}"
                .as_bytes()
                .to_vec(),
        ),
        ("HTML", format!("Subject: x\r\nContent-Type: text/html\r\n\r\n{}", "<div>".repeat(100_000)).into_bytes()),
    ] {
        let Ok(mail) = read(&text) else { continue };
        let shown = [&mail.subject, &mail.from, &mail.name, &mail.id].into_iter().chain(&mail.words);
        for text in shown {
            assert!(text.chars().all(o2c::domain::text::is_shown) && text.chars().count() <= 200, "{what}: {text:?}");
        }
        assert!(mail.words.len() <= 200, "{what}");
    }
    for no_mail in [b"".to_vec(), vec![0; 10_000], b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec()] {
        assert!(read(&no_mail).expect_err("no mail").to_string().starts_with("[MAIL-06]"));
    }
}
