//! The one function through which anything changes. It takes the lock, asks who acts and what they may, answers a
//! repeated request from the log, compares the book with what the person saw, hands the act to its family, and commits
//! rows, postings and audit row together.

use crate::store::Connection;
use chrono::{DateTime, NaiveDate, Utc};

use super::arrange::claim::claim;
use super::authorise::{self, Verdict};
use super::{
    Act, Done, Expect, Failure, Request, approval, arrange, bank, bank_rules, case, cases, collect, dunning, import,
    mail, master, money, payments, people, periods, settings, undo, upkeep,
};
use crate::domain::authority::Identity;
use crate::store::people::Person;
use crate::store::sessions::NewSession;
use crate::store::stopped::ACKNOWLEDGED;
use crate::store::{ActRow, Tx};

/// When an act is performed.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The instant it is recorded.
    pub now: DateTime<Utc>,
    /// The company's calendar day.
    pub today: NaiveDate,
}

/// Who performs acts, from where, and how that is known.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The login name.
    pub login: String,
    /// `tui`, `cli`, `import`, `demo`.
    pub source: &'static str,
    /// How the login became known.
    pub identity: Identity,
    /// The other end of the connection and the key used, where there is one: `10.8.0.7 SHA256:…`.
    pub origin: String,
    /// The session signed in to; without one the act is put under the person's session of the day.
    pub session: Option<i64>,
    /// Why whoever owns the book's file decides in the place of a second administrator; only verbs can say it.
    pub owner: Option<String>,
}

impl Actor {
    /// Somebody at this machine whose word is taken for the login.
    pub fn new(login: impl Into<String>, source: &'static str) -> Self {
        let identity = if source == "demo" { Identity::Demo } else { Identity::Trust };
        Actor { login: login.into(), source, identity, origin: String::new(), session: None, owner: None }
    }
}

/// Whether an act is written or only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Written.
    Post,
    /// Done in full, then rolled back.
    DryRun,
}

/// What a family's handler leaves for the audit row.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub summary: String,
    pub customer: Option<i64>,
    pub undoes: Option<i64>,
    pub undoable: bool,
}

impl Written {
    /// A change that can be taken back.
    pub fn of(customer: Option<i64>, summary: String) -> Self {
        Written { summary, customer, undoes: None, undoable: true }
    }
}

/// What a family's handler knows about the act it performs.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub person: &'a Person,
    pub today: NaiveDate,
    pub base: crate::domain::money::Currency,
}

/// Performs one act, or asks for it where it is beyond the person's authority ([`Done::asked`]). On success it is durable;
/// on [`Failure::Refused`] nothing changed but that a refusal for want of authority is noted; on [`Failure::Unknown`] the
/// key must be looked up in a fresh connection before anything is repeated.
pub fn perform(conn: &Connection, actor: &Actor, stamp: Stamp, request: &Request, mode: Mode) -> Result<Done, Failure> {
    let result = attempt(conn, actor, stamp, request, mode);
    if mode == Mode::Post
        && let Err(Failure::Refused { code, sentence }) = &result
        && DENIALS.contains(code)
    {
        // The refusal stands whether or not it can be written down.
        drop(note_denial(conn, actor, stamp, request.act.kind(), code, sentence));
    }
    result
}

/// Refusals that are noted: no such person, no right, no authority, own request, duties that must not meet.
const DENIALS: [&str; 5] = ["SES-04", "AUT-01", "AUT-02", "AUT-03", "AUT-08"];

fn attempt(conn: &Connection, actor: &Actor, stamp: Stamp, request: &Request, mode: Mode) -> Result<Done, Failure> {
    let mut tx = Tx::begin(conn, stamp.now)?;
    let person = somebody(&tx, &actor.login)?;
    let payload = written_down(&request.act)?;
    if let Some(done) = repeated(&tx, request, &payload)? {
        return Ok(done);
    }
    by_form(&tx, &request.act)?;
    let base = book_currency(&tx)?;
    let context = Context { person: &person, today: stamp.today, base };
    let verdict = authorise::judge(&tx, &context, &request.act)?;
    unchanged(&tx, &request.expect)?;
    let second = match verdict {
        Verdict::Go => None,
        Verdict::Alone(why) => {
            tx.add_lone_act(&why)?;
            None
        }
        Verdict::Ask(second) => match authorise::alone::by_owner(&tx, &context, actor, &request.act, &second)? {
            Some(why) => {
                tx.add_lone_act(&why)?;
                None
            }
            None => Some(second),
        },
    };
    let mut written = handle(&mut tx, &context, &request.act)?;
    written.summary += &claim(&mut tx, &context, stamp.now, &request.act)?;
    case::follow(&mut tx, &context)?;
    let Some(second) = second else {
        let session = sign_in(&mut tx, actor, person.id, stamp)?;
        return finish(tx, By { actor, person: person.id, session }, request, &payload, written, mode);
    };
    // What was just done in full shows that it could be; it is rolled back and asked for instead.
    drop(tx);
    let mut tx = Tx::begin(conn, stamp.now)?;
    let asked = approval::ask(&mut tx, &context, &request.act, &written, &second)?;
    let session = sign_in(&mut tx, actor, person.id, stamp)?;
    let asking = Request { key: request.key, act: Act::Ask { act: Box::new(request.act.clone()) }, expect: Vec::new() };
    let payload = written_down(&asking.act)?;
    let done = finish(tx, By { actor, person: person.id, session }, &asking, &payload, asked, mode)?;
    Ok(Done { asked: true, ..done })
}

/// Refuses what no form asks for, and everything in a book that fails its check or whose restore a second administrator
/// has not confirmed yet.
fn by_form(tx: &Tx<'_>, act: &Act) -> Result<(), Failure> {
    if matches!(act, Act::Ask { .. } | Act::Denied { .. } | Act::SignIn | Act::SignOut { .. }) {
        return Err(Failure::refused("ACT-06", "This is written by the program itself. Nothing was changed."));
    }
    if matches!(act, Act::Restore(_)) {
        return Err(upkeep::not_here());
    }
    let lets_go_on = matches!(act, Act::SetSetting { key, .. } if key == ACKNOWLEDGED);
    if !lets_go_on && let Some(refusal) = tx.stopped()? {
        return Err(refusal.into());
    }
    match tx.unconfirmed_restore()? {
        Some(number) if !matches!(act, Act::Approve { .. } | Act::Reject { .. }) => {
            let sentence = format!(
                "This book was restored from a copy and waits for a second administrator: o2c approve {number}. Nothing \
                 was changed."
            );
            Err(Failure::refused("BAK-06", sentence))
        }
        _ => Ok(()),
    }
}

/// The act as JSON: what the log keeps, and what an approver approves.
pub(super) fn written_down(act: &Act) -> Result<String, Failure> {
    serde_json::to_string(act)
        .map_err(|error| Failure::refused("ACT-05", format!("The act cannot be written down: {error}.")))
}

/// The person with this login, if set up and not shut out.
pub(super) fn somebody(tx: &Tx<'_>, login: &str) -> Result<Person, Failure> {
    match tx.person(login)? {
        Some(person) if person.active => Ok(person),
        Some(person) => {
            let sentence = format!("{} may no longer work in this book. Nothing was changed.", person.name);
            Err(Failure::refused("SES-04", sentence))
        }
        None => Err(nobody(login)),
    }
}

/// The refusal of a login that the book does not know.
pub(super) fn nobody(login: &str) -> Failure {
    let sentence =
        format!("\"{login}\" is not set up for this book. Nothing was changed; ask an administrator to add you.");
    Failure::refused("SES-04", sentence)
}

/// Writes a refusal into the log, under the person where there is one, else under nobody. `kind` is what was asked for:
/// the kind of an act, or another word for what was not let in.
pub fn note_denial(
    conn: &Connection,
    actor: &Actor,
    stamp: Stamp,
    kind: &str,
    code: &str,
    sentence: &str,
) -> Result<(), Failure> {
    let mut tx = Tx::begin(conn, stamp.now)?;
    let person = tx.person(&actor.login)?.map(|person| person.id);
    let login = master::maybe_line(&actor.login);
    tx.add_denial(&login, kind, code, sentence)?;
    let session = match person {
        Some(person) => sign_in(&mut tx, actor, person, stamp)?,
        None => 0,
    };
    let (kind, code, sentence) = (kind.to_owned(), code.to_owned(), sentence.to_owned());
    let written = Written::of(None, format!("Refused {login}: {kind} ({code})"));
    let request = Request::new(Act::Denied { kind, code, sentence });
    let payload = written_down(&request.act)?;
    finish(tx, By { actor, person: person.unwrap_or(0), session }, &request, &payload, written, Mode::Post).map(drop)
}

/// Makes the book's first act: the company, its currency and its first person, who becomes administrator.
pub fn init(conn: &Connection, actor: &Actor, stamp: Stamp, request: &Request) -> Result<Done, Failure> {
    let mut tx = Tx::begin(conn, stamp.now)?;
    let payload = written_down(&request.act)?;
    let (person, written) = master::open_book(&mut tx, &request.act)?;
    if actor.source == "demo" {
        tx.set_setting("demo", &actor.login)?;
    }
    let session = sign_in(&mut tx, actor, person, stamp)?;
    finish(tx, By { actor, person, session }, request, &payload, written, Mode::Post)
}

/// What came of an [`init`] with this key, where there was one: a book is made once however often it is asked for.
pub fn init_before(conn: &Connection, stamp: Stamp, request: &Request) -> Result<Option<Done>, Failure> {
    repeated(&Tx::begin(conn, stamp.now)?, request, &written_down(&request.act)?)
}

/// The session an act belongs to: the one signed in to, or the person's of this day, place and kind, begun when it is
/// the first.
pub(super) fn sign_in(tx: &mut Tx<'_>, actor: &Actor, person: i64, stamp: Stamp) -> Result<i64, Failure> {
    if let Some(session) = actor.session {
        return Ok(session);
    }
    let wanted = NewSession {
        person,
        login: &actor.login,
        identity: actor.identity.word(),
        source: actor.source,
        origin: &actor.origin,
    };
    match tx.session_today(&wanted, stamp.now)? {
        Some(session) => Ok(session),
        None => Ok(tx.add_session(&wanted)?),
    }
}

/// Who an act is written down for.
pub(super) struct By<'a> {
    pub actor: &'a Actor,
    pub person: i64,
    pub session: i64,
}

pub(super) fn finish(
    tx: Tx<'_>,
    by: By<'_>,
    request: &Request,
    payload: &str,
    written: Written,
    mode: Mode,
) -> Result<Done, Failure> {
    let row = ActRow {
        key: &request.key.0,
        person: by.person,
        kind: request.act.kind(),
        payload,
        customer: written.customer,
        summary: &written.summary,
        undoes: written.undoes,
        source: by.actor.source,
        session: Some(by.session),
    };
    let act = match mode {
        Mode::Post => tx.commit(&row)?,
        Mode::DryRun => tx.rehearse(&row)?,
    };
    Ok(Done { act, summary: written.summary, undoable: written.undoable, again: false, asked: false })
}

/// The same key again: the first answer, or a refusal when its content differs.
fn repeated(tx: &Tx<'_>, request: &Request, payload: &str) -> Result<Option<Done>, Failure> {
    match tx.known(&request.key.0)? {
        None => Ok(None),
        Some((act, before, summary)) if before == payload => {
            Ok(Some(Done { act, summary, undoable: true, again: true, asked: false }))
        }
        Some((act, before, summary)) if before == written_down(&Act::Ask { act: Box::new(request.act.clone()) })? => {
            Ok(Some(Done { act, summary, undoable: true, again: true, asked: true }))
        }
        Some((act, _, summary)) => Err(Failure::refused(
            "ACT-02",
            format!("This form was already posted with other content as act {act} ({summary}). Start a new entry."),
        )),
    }
}

/// Refuses an act whose premises another session has changed, and says who did.
fn unchanged(tx: &Tx<'_>, expect: &[Expect]) -> Result<(), Failure> {
    for expected in expect {
        let Expect::Open { item, open } = *expected;
        let found = tx.item(item)?;
        if found.open != open {
            let who = match tx.last_act_on_item(item)? {
                Some(act) => tx.who(act)?,
                None => "Somebody".to_owned(),
            };
            return Err(Failure::refused(
                "ACT-03",
                format!("The open amount changed after you opened it. {who}. Yours was not posted; look at it again."),
            ));
        }
    }
    Ok(())
}

pub(super) fn book_currency(tx: &Tx<'_>) -> Result<crate::domain::money::Currency, Failure> {
    let code = tx.setting("currency")?.unwrap_or_default();
    crate::domain::money::Currency::parse(&code).map_err(|_| {
        Failure::refused("DB-06", "The book has no currency; it was never opened with `o2c init`. Nothing was changed.")
    })
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::OpenBook { .. } => Err(Failure::refused("ACT-06", "The book is open already. Nothing was changed.")),
        Act::AddPerson { .. }
        | Act::ChangeRole { .. }
        | Act::SetDepartment { .. }
        | Act::SetActive { .. }
        | Act::SetLimit { .. }
        | Act::Delegate { .. }
        | Act::EndDelegation { .. } => people::handle(tx, context, act),
        Act::SetSetting { key, value } => settings::set(tx, key, value),
        Act::ClosePeriod { .. } | Act::ReopenPeriod { .. } => periods::handle(tx, context, act),
        Act::Approve { .. } | Act::Reject { .. } | Act::Recall { .. } => approval::handle(tx, context, act),
        Act::Ask { .. } | Act::Denied { .. } | Act::SignIn | Act::SignOut { .. } => {
            Err(Failure::refused("ACT-06", "This is written by the program itself. Nothing was changed."))
        }
        Act::SetRate { .. }
        | Act::SetTarget { .. }
        | Act::SetCustomer { .. }
        | Act::SetOwner { .. }
        | Act::SetBlocked { .. } => master::handle(tx, context, act),
        Act::PostDocument { .. }
        | Act::PostReceipt { .. }
        | Act::Apply { .. }
        | Act::Unapply { .. }
        | Act::Credit { .. }
        | Act::WriteOff { .. } => money::handle(tx, context, act),
        Act::LogCall { .. }
        | Act::DraftEmail { .. }
        | Act::Note { .. }
        | Act::FollowUp { .. }
        | Act::Done { .. }
        | Act::Promise { .. }
        | Act::Withdraw { .. } => collect::handle(tx, context, act),
        Act::OpenDispute { .. } | Act::AssignDispute { .. } | Act::NoteDispute { .. } | Act::ResolveDispute { .. } => {
            cases::handle(tx, context, act)
        }
        Act::Case(act) => case::handle(tx, context, act),
        Act::SetBankRule(change) => bank_rules::set(tx, change),
        Act::AddBankAccount { name, number, currency } => bank::add(tx, name, number, *currency),
        Act::ApplyPayment(_)
        | Act::ApplyRun(_)
        | Act::SettlePayment { .. }
        | Act::ReturnPayment { .. }
        | Act::Refund { .. }
        | Act::RefundPayment(_)
        | Act::SetAlias { .. } => payments::handle(tx, context, act),
        Act::Arrange(act) => arrange::handle(tx, context, act),
        Act::Dunning(act) => dunning::handle(tx, context, act),
        Act::Mail(act) => mail::handle(tx, context, act),
        Act::Import(import) => import::handle(tx, context, import),
        Act::Migrate { .. } => Err(upkeep::not_here()),
        // Reached by its confirmation only.
        Act::Restore(_) => Ok(Written { undoable: false, ..Written::of(None, upkeep::restored(act)) }),
        Act::Undo { act } => undo::handle(tx, context, *act),
    }
}
