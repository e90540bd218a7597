//! The words the program itself puts into a document, by language: headings of tables, names of kinds of document, months.
//! Everything else is in the templates. A language without words of its own has the English ones.

use crate::domain::document::DocumentKind;

/// Words of one language.
#[derive(Debug)]
pub struct Words {
    /// Language code, two letters.
    pub code: &'static str,
    /// Its name in English.
    pub name: &'static str,
    /// January to December.
    pub months: [&'static str; 12],
    /// Heading: number of the document.
    pub number: &'static str,
    /// Heading: kind of the document.
    pub kind: &'static str,
    /// Heading: document date.
    pub date: &'static str,
    /// Heading: due date.
    pub due: &'static str,
    /// Heading: days past due.
    pub days_late: &'static str,
    /// Heading: amount as posted.
    pub amount: &'static str,
    /// Heading: open amount.
    pub open: &'static str,
    /// Heading: the part in dispute.
    pub disputed: &'static str,
    /// Heading: what is asked for.
    pub to_pay: &'static str,
    /// Heading: fee of the letter.
    pub fee: &'static str,
    /// Heading: late interest.
    pub interest: &'static str,
    /// Heading: the sum.
    pub total: &'static str,
    /// Heading: the part past due.
    pub overdue: &'static str,
    /// Heading: instalment.
    pub instalment: &'static str,
    /// Label: account to pay to.
    pub account: &'static str,
    /// Label: who is paid.
    pub payee: &'static str,
    /// Label: what to name when paying.
    pub reference: &'static str,
    /// Label on paper: number of the letter.
    pub letter: &'static str,
    /// Label on paper: number of the customer.
    pub customer: &'static str,
    /// Label on paper: telephone.
    pub phone: &'static str,
    /// Label on paper: mail address.
    pub email: &'static str,
    /// At the foot of a page: `Page 1 of 3`.
    pub page: &'static str,
    /// Between the number of a page and how many there are.
    pub of: &'static str,
    /// At the end of a page: what was listed so far.
    pub carried: &'static str,
    /// The same at the top of the next.
    pub brought: &'static str,
    /// Heading of the amounts by age: how long they are past due.
    pub age: &'static str,
    /// An amount that is not due yet.
    pub not_due: &'static str,
    /// Behind a span of days.
    pub days: &'static str,
    /// Before the days that the last span begins with.
    pub over: &'static str,
    /// Credit notes and payments not set against anything.
    pub credits: &'static str,
    /// Between the last two of a list.
    pub and: &'static str,
    /// Opens a short reminder, before the items.
    pub reminds: &'static str,
    /// Before the due date of an item in a sentence.
    pub due_on: &'static str,
    /// How many more items there are: `{}` is the number.
    pub and_more: &'static str,
    /// Ends a short reminder.
    pub asks: &'static str,
    /// The whole of a short reminder with nothing past due.
    pub nothing_due: &'static str,
    /// Invoice, credit note, debit note, receipt, write-off, refund, discount, difference.
    pub kinds: [&'static str; 8],
}

/// Every language the program speaks in documents; the first is the last resort.
pub static ALL: [Words; 4] = [ENGLISH, GERMAN, FRENCH, SPANISH];

const ENGLISH: Words = Words {
    code: "en",
    name: "English",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    number: "Number",
    kind: "Document",
    date: "Date",
    due: "Due",
    days_late: "Days late",
    amount: "Amount",
    open: "Open",
    disputed: "Disputed",
    to_pay: "To pay",
    fee: "Fee",
    interest: "Interest",
    total: "Total",
    overdue: "Past due",
    instalment: "Instalment",
    account: "Account",
    payee: "Payee",
    reference: "Reference",
    letter: "Letter",
    customer: "Customer",
    phone: "Phone",
    email: "E-mail",
    page: "Page",
    of: "of",
    carried: "Carried forward",
    brought: "Brought forward",
    age: "Past due for",
    not_due: "Not due",
    days: "days",
    over: "over",
    credits: "Credits and payments",
    and: "and",
    reminds: "Payment reminder. Past due:",
    due_on: "due",
    and_more: "and {} more",
    asks: "Please pay, or tell us when you will.",
    nothing_due: "Nothing is past due at present. Thank you for paying on time.",
    kinds: ["Invoice", "Credit note", "Debit note", "Receipt", "Write-off", "Refund", "Discount", "Payment difference"],
};

const GERMAN: Words = Words {
    code: "de",
    name: "German",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    number: "Nummer",
    kind: "Beleg",
    date: "Datum",
    due: "Fällig",
    days_late: "Tage überfällig",
    amount: "Betrag",
    open: "Offen",
    disputed: "Strittig",
    to_pay: "Zu zahlen",
    fee: "Gebühr",
    interest: "Zinsen",
    total: "Summe",
    overdue: "Überfällig",
    instalment: "Rate",
    account: "Konto",
    payee: "Empfänger",
    reference: "Verwendungszweck",
    letter: "Schreiben",
    customer: "Kunde",
    phone: "Telefon",
    email: "E-Mail",
    page: "Seite",
    of: "von",
    carried: "Übertrag",
    brought: "Übertrag",
    age: "Überfällig seit",
    not_due: "Nicht fällig",
    days: "Tagen",
    over: "über",
    credits: "Gutschriften und Zahlungen",
    and: "und",
    reminds: "Zahlungserinnerung. Überfällig:",
    due_on: "fällig am",
    and_more: "und {} weitere",
    asks: "Bitte zahlen Sie, oder nennen Sie uns den Tag der Zahlung.",
    nothing_due: "Derzeit ist nichts überfällig. Vielen Dank für Ihre pünktlichen Zahlungen.",
    kinds: [
        "Rechnung",
        "Gutschrift",
        "Belastung",
        "Zahlung",
        "Ausbuchung",
        "Erstattung",
        "Skonto",
        "Zahlungsdifferenz",
    ],
};

const FRENCH: Words = Words {
    code: "fr",
    name: "French",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    number: "Numéro",
    kind: "Pièce",
    date: "Date",
    due: "Échéance",
    days_late: "Jours de retard",
    amount: "Montant",
    open: "Solde",
    disputed: "Contesté",
    to_pay: "À payer",
    fee: "Frais",
    interest: "Intérêts",
    total: "Total",
    overdue: "Échu",
    instalment: "Versement",
    account: "Compte",
    payee: "Bénéficiaire",
    reference: "Référence",
    letter: "Courrier",
    customer: "Client",
    phone: "Téléphone",
    email: "E-mail",
    page: "Page",
    of: "sur",
    carried: "À reporter",
    brought: "Report",
    age: "En retard de",
    not_due: "Non échu",
    days: "jours",
    over: "plus de",
    credits: "Avoirs et paiements",
    and: "et",
    reminds: "Rappel de paiement. Échu :",
    due_on: "échéance",
    and_more: "et {} de plus",
    asks: "Merci de régler ou de nous indiquer la date du paiement.",
    nothing_due: "Rien n’est échu actuellement. Merci pour vos paiements ponctuels.",
    kinds: [
        "Facture",
        "Avoir",
        "Note de débit",
        "Règlement",
        "Passage en perte",
        "Remboursement",
        "Escompte",
        "Écart de règlement",
    ],
};

const SPANISH: Words = Words {
    code: "es",
    name: "Spanish",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    number: "Número",
    kind: "Documento",
    date: "Fecha",
    due: "Vencimiento",
    days_late: "Días de retraso",
    amount: "Importe",
    open: "Pendiente",
    disputed: "En disputa",
    to_pay: "A pagar",
    fee: "Gastos",
    interest: "Intereses",
    total: "Total",
    overdue: "Vencido",
    instalment: "Plazo",
    account: "Cuenta",
    payee: "Beneficiario",
    reference: "Referencia",
    letter: "Carta",
    customer: "Cliente",
    phone: "Teléfono",
    email: "Correo",
    page: "Página",
    of: "de",
    carried: "Suma y sigue",
    brought: "Suma anterior",
    age: "Vencido desde hace",
    not_due: "No vencido",
    days: "días",
    over: "más de",
    credits: "Abonos y pagos",
    and: "y",
    reminds: "Recordatorio de pago. Vencido:",
    due_on: "vencimiento",
    and_more: "y {} más",
    asks: "Le rogamos que pague o nos indique la fecha del pago.",
    nothing_due: "Actualmente no hay nada vencido. Gracias por pagar puntualmente.",
    kinds: [
        "Factura",
        "Nota de abono",
        "Nota de cargo",
        "Pago",
        "Cancelación",
        "Reembolso",
        "Descuento",
        "Diferencia de pago",
    ],
};

/// The words of a language code such as `de` or `de-CH`; English where there are none.
pub fn of(language: &str) -> &'static Words {
    let base = base(language);
    ALL.iter().find(|words| words.code == base).unwrap_or(&ALL[0])
}

/// A code as templates are named by: `DE_ch` is `de-CH`. Anything else than letters, digits and one dash is dropped.
pub fn code(language: &str) -> String {
    let mut parts = language.trim().split(['-', '_']);
    let letters = |part: &str| part.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>();
    let base = letters(parts.next().unwrap_or_default()).to_ascii_lowercase();
    match parts.next().map(letters).filter(|region| !region.is_empty()) {
        Some(region) => format!("{base}-{}", region.to_ascii_uppercase()),
        None => base,
    }
}

/// The language without its region: `de-CH` is `de`.
pub fn base(language: &str) -> String {
    code(language).split('-').next().unwrap_or_default().to_owned()
}

impl Words {
    /// The name of a kind of document.
    pub fn kind_of(&self, kind: DocumentKind) -> &'static str {
        let place = DocumentKind::ALL.iter().position(|one| *one == kind).unwrap_or(0);
        self.kinds[place]
    }
}
