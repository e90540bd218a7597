//! Why a payer deducted, as a remittance advice says it: the code of its adjustment, or a word, and the reason of a dispute
//! it stands for. The company's own list comes before the usual codes; what neither knows has the reason "unknown".

use super::dispute::Reason;

/// Codes of X12 element 426, as EDI 820 and CTX carry them, with the reason each stands for.
#[rustfmt::skip] // one reason a line
const CODES: [(Reason, &[&str]); 13] = [
    (Reason::Price, &["01", "02", "03", "09", "24"]),
    (Reason::Quantity, &["06", "22"]),
    (Reason::Quality, &["04", "05", "07", "08", "25", "62"]),
    (Reason::Return, &["11", "12", "13", "14", "15", "72"]),
    (Reason::Freight, &["10", "23", "30", "31", "46", "47", "54"]),
    (Reason::Tax, &["55"]),
    (Reason::Promotion, &["28", "43", "56", "57", "71"]),
    (Reason::NotReceived, &["42", "59"]),
    (Reason::LatePenalty, &["41", "50"]),
    (Reason::Duplicate, &["19"]),
    (Reason::WrongCustomer, &["17", "18", "39", "40", "44", "60", "61"]),
    (Reason::Service, &["29", "38", "48", "49"]),
    (Reason::Currency, &["33"]),
];

/// Words that say it where a payer writes no code; the first that is in the text counts.
const WORDS: [(&str, Reason); 16] = [
    ("withh", Reason::WithholdingTax),
    ("price", Reason::Price),
    ("short", Reason::Quantity),
    ("quantity", Reason::Quantity),
    ("damage", Reason::Quality),
    ("quality", Reason::Quality),
    ("return", Reason::Return),
    ("freight", Reason::Freight),
    ("promo", Reason::Promotion),
    ("rebate", Reason::Promotion),
    ("allowance", Reason::Promotion),
    ("duplicate", Reason::Duplicate),
    ("discount", Reason::UnearnedDiscount),
    ("bank", Reason::BankCharges),
    ("late", Reason::LatePenalty),
    ("tax", Reason::Tax),
];

/// A company's own list: codes or words as payers write them, and reasons.
pub type Own = Vec<(String, Reason)>;

/// Reads a company's own list, `21 = freight; RABATT = promotion or rebate`. The part that says nothing, otherwise.
pub fn read(text: &str) -> Result<Own, String> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let known = part.split_once('=').and_then(|(code, reason)| {
                let code = code.trim();
                (!code.is_empty()).then_some((code.to_lowercase(), Reason::parse(reason)?))
            });
            known.ok_or_else(|| part.to_owned())
        })
        .collect()
}

/// The reason what a payer wrote stands for. Of several codes the first that is known counts.
pub fn reason(written: &str, own: &Own) -> Reason {
    let text = written.trim().to_lowercase();
    let by_own = |word: &str| own.iter().find(|(code, _)| code == word).map(|(_, reason)| *reason);
    let by_code = |word: &str| CODES.iter().find(|(_, codes)| codes.contains(&word)).map(|(reason, _)| *reason);
    let by_word = || WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, reason)| *reason);
    let parts = || text.split(',').map(str::trim);
    by_own(&text)
        .or_else(|| parts().find_map(by_own))
        .or_else(|| Reason::parse(&text))
        .or_else(|| parts().find_map(by_code))
        .or_else(by_word)
        .unwrap_or(Reason::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_words_and_the_own_list_say_the_reason() {
        let own = read("21 = freight; rabatt = promotion or rebate; 01=tax").expect("a list");
        for (written, is) in [
            ("01", Reason::Tax),
            ("03", Reason::Price),
            ("04, 06", Reason::Quality),
            ("21", Reason::Freight),
            ("RABATT", Reason::Promotion),
            ("short delivery", Reason::Quantity),
            ("bank charges", Reason::BankCharges),
            ("ZZ", Reason::Unknown),
            ("", Reason::Unknown),
        ] {
            assert_eq!(reason(written, &own), is, "{written}");
        }
        assert_eq!(reason("01", &Own::new()), Reason::Price);
        assert_eq!(read("21 = frieght"), Err("21 = frieght".to_owned()));
    }
}
