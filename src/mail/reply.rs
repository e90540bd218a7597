//! What a customer's answer proposes, by simple rules that stand here to be read: phrases of four languages, the dates,
//! amounts and document numbers beside them. Nothing is posted from it; a person sees the sentence and decides.

use chrono::NaiveDate;

use super::read::Mail;
use super::said;
use crate::domain::money::Currency;
use crate::domain::{reference, text};

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// They do not owe it, or not all of it.
    Dispute,
    /// They will pay.
    Promise,
    /// They say they have paid.
    Paid,
    /// They ask or want something.
    Query,
}

impl Meaning {
    /// The word of lists.
    pub fn name(self) -> &'static str {
        match self {
            Meaning::Dispute => "dispute",
            Meaning::Promise => "promise",
            Meaning::Paid => "paid",
            Meaning::Query => "query",
        }
    }
}

/// One thing an answer proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it means.
    pub meaning: Meaning,
    /// When they pay or paid, where a day is named.
    pub on: Option<NaiveDate>,
    /// How much, in minor units of the customer's currency or the one named.
    pub amount: Option<(i64, Currency)>,
    /// Numbers of the open documents named.
    pub documents: Vec<String>,
    /// The words that decided it.
    pub phrase: &'static str,
    /// The sentence they stand in.
    pub sentence: String,
}

/// What is known of the customer who answers.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Numbers of its open documents.
    pub numbers: &'a [String],
    /// Its usual currency.
    pub currency: Currency,
    /// The day from which dates are counted where the mail has none.
    pub today: NaiveDate,
}

/// The phrases, as `text::fold` leaves them: lower case, without accents. The first meaning that has one in a sentence is
/// the sentence's; two dots stand for other words, a phrase that begins with `!` says the opposite of another and takes it out.
#[rustfmt::skip]
pub const PHRASES: &[(Meaning, &[&str])] = &[
    (Meaning::Dispute, &[
        "dispute", "disagree", "not correct", "incorrect", "is wrong", "are wrong", "wrong price", "wrong amount", "not received the goods",
        "never received", "did not receive", "have not received", "damaged", "overcharged", "short delivered", "was returned", "not ordered",
        "reklam", "beanstand", "widersprechen", "nicht korrekt", "stimmt nicht", "stimmen nicht", "ist falsch", "falscher preis",
        "nicht erhalten", "strittig", "bestreiten", "beschadigt", "fehlt", "fehlten", "mangel", "nicht bestellt",
        "litige", "contest", "n'est pas correct", "erreur", "pas recu", "endommage", "manquant", "non conforme",
        "en disputa", "no estamos de acuerdo", "incorrecto", "no es correct", "no hemos recibido", "danad", "faltaba", "reclamacion",
    ]),
    (Meaning::Promise, &[
        "!not going to pay", "!zahlen wir nicht", "!zahlen wir kein", "!wir zahlen kein", "!uberweisen wir nicht", "!uberweisen wir kein",
        "!wir uberweisen nicht", "!wir uberweisen kein", "!wir begleichen nicht", "!nicht zahlen", "!nicht uberweisen", "!nicht begleichen",
        "!nicht bezahlt", "!nicht uberwiesen", "!nicht beglichen", "!no pagaremos", "!no vamos a pagar", "!no sera pagad", "!no se pagara",
        "!no realizaremos", "!no haremos", "!no transferiremos", "!no abonaremos",
        "will pay", "will be paid", "will transfer", "will settle", "payment will", "we shall pay", "going to pay", "plan to pay", "can pay on", "is scheduled",
        "we'll pay", "i'll pay", "will be transferred", "will be settled", "will receive..payment", "will receive..transfer", "will receive..money", "will have..payment",
        "werden zahlen", "wird bezahlt", "werden uberweisen", "uberweisen wir", "zahlen wir", "wird uberwiesen", "!zahlung erfolgte", "zahlung erfolgt", "werden begleichen",
        "werden..zahlen", "werden..uberweisen", "wird..bezahlt", "wird..uberwiesen", "werden..begleichen", "zahlung ist fur",
        "!wir zahlen nicht", "wir zahlen", "wir uberweisen", "wir begleichen", "wird beglichen", "sie erhalten..zahlung", "sie erhalten..geld", "erhalten sie..zahlung", "sie bekommen..zahlung",
        "allons payer", "allons regler", "nous paierons", "nous reglerons", "sera paye", "sera regle", "sera vire", "sera effectue", "reglement interviendra", "virement prevu",
        "nous payons", "nous reglons", "nous virerons", "nous effectuerons", "paiement sera", "reglement sera", "virement sera", "vous recevrez..paiement", "vous recevrez..reglement", "vous recevrez..virement", "vous aurez..paiement",
        "pagaremos", "vamos a pagar", "sera pagad", "se pagara", "realizaremos el pago", "haremos la transferencia", "el pago se hara",
        "transferiremos", "abonaremos", "el pago sera", "recibira..pago", "recibira..transferencia", "tendran..pago",
    ]),
    (Meaning::Paid, &[
        "!not paid", "!not yet paid", "!unpaid", "have paid", "has been paid", "was paid", "were paid", "already paid", "been transferred", "was transferred", "payment was made", "payment was sent", "sent the payment", "paid on", "remitted",
        "!not made the", "we paid", "i paid", "we've paid", "i've paid", "we transferred", "i transferred", "we settled", "made the payment", "made the transfer",
        "!nicht bezahlt", "!nicht uberwiesen", "bezahlt", "uberwiesen", "beglichen", "zahlung veranlasst", "zahlung angewiesen",
        "!nicht gezahlt", "gezahlt", "wir zahlten", "zahlung erfolgte", "zahlung ist erfolgt", "!nicht ausgeglichen", "ausgeglichen",
        "!pas paye", "!pas regle", "avons paye", "avons regle", "a ete paye", "a ete regle", "deja paye", "deja regle", "virement effectue", "virement a ete",
        "!n'avons pas", "!n'ai pas", "avons..paye", "avons..regle", "avons vire", "avons effectue..paiement", "avons effectue..virement", "j'ai paye", "j'ai regle", "paiement effectue", "paiement a ete", "reglement a ete",
        "!no pagad", "!no hemos", "!no realizamos", "hemos pagado", "ya pagad", "ya esta pagad", "fue pagad", "transferencia realizada", "hemos transferido", "pago realizado",
        "!no pagamos", "pagamos", "transferimos", "hemos..pagado", "realizamos el pago", "hicimos la transferencia", "pago efectuado", "el pago se hizo",
    ]),
    (Meaning::Query, &[
        "?", "copy of", "please send", "could you", "statement of account", "more time", "instal", "cannot pay", "can not pay",
        "kopie", "bitte senden", "bitte schicken", "konnen sie", "kontoauszug", "mehr zeit", "raten", "nicht zahlen",
        "copie", "veuillez", "pouvez-vous", "releve", "delai", "echelonn", "pas payer",
        "copia", "por favor", "pueden enviar", "estado de cuenta", "mas tiempo", "plazos", "no podemos pagar",
    ]),
];

/// What a mail proposes: of each meaning the first sentence that has it, in the order of the mail. Nothing for a mail no
/// person wrote; a query where words are there and no rule knows them.
pub fn proposals(mail: &Mail, known: &Known<'_>) -> Vec<Proposal> {
    if mail.sort != super::read::Sort::Written {
        return Vec::new();
    }
    let sentences = sentences(&mail.words);
    let everywhere = format!("{} {}", mail.subject, mail.words.join(" "));
    let named = documents(&everywhere, known.numbers);
    let from = mail.on.unwrap_or(known.today).min(known.today);
    let mut found: Vec<Proposal> = Vec::new();
    for sentence in &sentences {
        let Some((meaning, phrase)) = meaning(sentence) else { continue };
        if found.iter().any(|one| one.meaning == meaning) {
            continue;
        }
        let here = documents(sentence, known.numbers);
        let on = match meaning {
            Meaning::Promise => said::date(sentence, from, said::Lean::Ahead),
            Meaning::Paid => said::date(sentence, from, said::Lean::Back),
            _ => None,
        };
        let amount = said::amount(sentence, known.currency).filter(|_| meaning != Meaning::Query);
        let documents = if here.is_empty() { named.clone() } else { here };
        found.push(Proposal { meaning, on, amount, documents, phrase, sentence: sentence.clone() });
    }
    // A courteous "could you" beside a promise is no question of its own.
    if found.len() > 1 {
        found.retain(|one| one.meaning != Meaning::Query || one.phrase == "?");
    }
    if found.is_empty()
        && let Some(first) = sentences.iter().find(|sentence| sentence.chars().any(char::is_alphabetic))
    {
        let sentence = first.clone();
        found.push(Proposal {
            meaning: Meaning::Query,
            on: None,
            amount: None,
            documents: named,
            phrase: "",
            sentence,
        });
    }
    found
}

/// The meaning of a sentence and the phrase that gave it.
fn meaning(sentence: &str) -> Option<(Meaning, &'static str)> {
    let folded = text::fold(sentence).replace('’', "'");
    for (meaning, phrases) in PHRASES {
        let mut rest = folded.clone();
        for phrase in phrases.iter() {
            match phrase.strip_prefix('!') {
                Some(opposite) => rest = rest.replace(opposite, " "),
                None if has(&rest, phrase) => return Some((*meaning, phrase)),
                None => {}
            }
        }
    }
    None
}

/// Whether a phrase stands in a text, beginning where a word begins. Two dots in a phrase stand for other words.
fn has(text: &str, phrase: &str) -> bool {
    if let Some((first, second)) = phrase.split_once("..") {
        return text.split_once(first).is_some_and(|(_, rest)| has(text, first) && has(rest, second));
    }
    let inside = |at: usize| text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    text.match_indices(phrase).any(|(at, _)| phrase == "?" || !inside(at))
}

/// Sentences of lines: paragraphs joined, cut after a full stop, question or exclamation mark that ends a word. A full stop
/// behind a figure ends a sentence only behind a year or a long number: in `5. April` it does not.
fn sentences(lines: &[String]) -> Vec<String> {
    let mut sentences = Vec::new();
    for paragraph in lines.split(|line| line.is_empty()) {
        let joined = paragraph.join(" ");
        let mut begin = 0;
        let letters: Vec<(usize, char)> = joined.char_indices().collect();
        for (place, (at, c)) in letters.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| letters[place].1);
            let ends = match c {
                '?' | '!' => true,
                '.' => {
                    let figures = letters[..place].iter().rev().take_while(|(_, c)| c.is_ascii_digit()).count();
                    before.is_some() && (figures == 0 || figures >= 4)
                }
                _ => false,
            };
            if ends && letters.get(place + 1).is_none_or(|(_, next)| next.is_whitespace()) {
                sentences.push(joined[begin..at + c.len_utf8()].trim().to_owned());
                begin = at + c.len_utf8();
            }
        }
        sentences.push(joined[begin..].trim().to_owned());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// The open documents a text names: by their number as it stands, or written a little otherwise.
fn documents(words: &str, numbers: &[String]) -> Vec<String> {
    let sign = |c: char| c.is_whitespace() || ",;:()[]\"'".contains(c);
    let words: Vec<&str> = words.split(sign).map(|word| word.trim_matches(['.', '!', '?', '#'])).collect();
    let mut tokens: Vec<String> = words.iter().map(|word| reference::normalise(word)).collect();
    // `INV 20448` is one number in two words.
    tokens.extend(words.windows(2).map(|pair| reference::normalise(&pair.concat())));
    // A short number is one only where it stands as it is written, with letters and digits: `A-1`.
    let mixed = |word: &str| word.contains(char::is_alphabetic) && word.contains(|c: char| c.is_ascii_digit());
    let named = |number: &&String| {
        let wanted = reference::normalise(number);
        (wanted.len() >= 3 && tokens.contains(&wanted))
            || (mixed(number) && words.iter().any(|word| word.eq_ignore_ascii_case(number)))
    };
    numbers.iter().filter(named).take(50).cloned().collect()
}
