//! The rows of reminders and mail, compared with the model; and that no letter and no mail went out twice.

use crate::letters::{Hold, Letter, Line};
use crate::model::State;
use crate::post::{Posted, Proposal, Way};
use crate::world::{World, maybe};

const RUNS: &str = "SELECT coalesce((SELECT what FROM dunning_step s WHERE s.run_id = r.id ORDER BY s.id DESC LIMIT 1), \
    'draft') FROM dunning_run r ORDER BY r.id";
const LINES: &str = "SELECT run_id, customer_id, item_id, level, currency, asked, \
    (SELECT what || ' ' || level FROM dunning_review v WHERE v.line_id = l.id ORDER BY v.id DESC LIMIT 1) \
    FROM dunning_line l ORDER BY id";
const HOLDS: &str = "SELECT customer_id, item_id, from_date, until_date, \
    EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id) FROM dunning_hold h ORDER BY id";
const LETTERS: &str = "SELECT run_id, customer_id, level, currency, letter_date, \
    (SELECT group_concat(item_id || ':' || fee, ' ') FROM (SELECT * FROM letter_line w WHERE w.letter_id = l.id ORDER BY id)), \
    (SELECT group_concat(way, ' ') FROM (SELECT * FROM letter_way w WHERE w.letter_id = l.id ORDER BY id)) \
    FROM letter l ORDER BY id";
const MAILS: &str = "SELECT customer_id, letter_id, receiver, state, \
    (SELECT count(*) FROM mail_step s WHERE s.mail_id = m.id) FROM mail m ORDER BY id";
const PROPOSALS: &str = "SELECT customer_id, meaning, state FROM proposal ORDER BY id";
const TWICE: &str =
    "SELECT mail_id FROM mail_step GROUP BY mail_id HAVING sum(what = 'sent') > 1 + sum(what = 'again')";

impl World {
    pub fn compare_letters(&self, state: &State) -> Result<(), String> {
        let (desk, office) = (&state.desk, &state.office);
        self.same("run", RUNS, desk.runs.iter().map(|run| format!("{run}|")).collect())?;
        self.same("line of a run", LINES, desk.lines.iter().map(line).collect())?;
        self.same("hold", HOLDS, desk.holds.iter().map(hold).collect())?;
        self.same("letter", LETTERS, desk.letters.iter().map(letter).collect())?;
        self.same("mail", MAILS, office.mails.iter().map(mail).collect())?;
        self.same("proposal", PROPOSALS, office.proposals.iter().map(proposal).collect())?;
        self.same("mail sent twice", TWICE, Vec::new())
    }
}

fn line(line: &Line) -> String {
    let review = line.reviews.last().map(|(_, word, level)| format!("{word} {level}"));
    let (item, code) = (line.item + 1, line.currency.code());
    format!("{}|{}|{item}|{}|{code}|{}|{}|", line.run + 1, line.customer, line.level, line.asked, maybe(review))
}

fn hold(hold: &Hold) -> String {
    let item = maybe(hold.item.map(|item| item + 1));
    format!("{}|{item}|{}|{}|{}|", hold.customer, hold.from, maybe(hold.until), i64::from(hold.ended))
}

fn letter(letter: &Letter) -> String {
    let (customer, level, currency) = letter.key;
    let lines: Vec<String> = letter.lines.iter().map(|(item, fee)| format!("{}:{fee}", item + 1)).collect();
    let word = |way: &Way| if *way == Way::Mail { "mail" } else { "letter" };
    let ways: Vec<&str> = letter.ways.iter().map(word).collect();
    let (run, code, on) = (letter.run + 1, currency.code(), letter.on);
    format!("{run}|{customer}|{level}|{code}|{on}|{}|{}|", lines.join(" "), ways.join(" "))
}

fn mail(mail: &Posted) -> String {
    format!("{}|{}|{}|{}|{}|", mail.customer + 1, mail.letter + 1, mail.receiver, mail.state, mail.steps)
}

fn proposal(proposal: &Proposal) -> String {
    format!("{}|{}|{}|", maybe(proposal.customer), proposal.meaning, proposal.state)
}
