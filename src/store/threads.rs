//! The two threads that own SQLite in a session. Questions wait in slots: the newest of a slot replaces an older one,
//! and interrupts it when it is already running. Acts are performed one after the other, in the order they came.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use super::error::Result;
use super::open::BookPath;
use super::reader::{Reader, Stop, Writer};

/// A question and what is done with its answer.
type Question = Box<dyn FnOnce(&Reader) + Send>;

/// What the reading thread tells unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Another session has written.
    Changed,
    /// What became of the book under this session, in one line: it is being upgraded, was upgraded, or its file was
    /// replaced. `None` when that is over.
    Banner(Option<&'static str>),
    /// Why the book can only be read from now on; `None` when acts can be performed again.
    OnlyReads(Option<&'static str>),
}

/// How often an idle reader looks whether another session has written.
const LOOK_EVERY: Duration = Duration::from_millis(1_000);

struct Queue<K> {
    waiting: VecDeque<(K, Question)>,
    running: Option<K>,
    closed: bool,
}

struct Desk<K> {
    queue: Mutex<Queue<K>>,
    bell: Condvar,
    /// What stops the question that is running; none while the book is opened again.
    running: Mutex<Option<Stop>>,
}

impl<K> Desk<K> {
    fn lock(&self) -> MutexGuard<'_, Queue<K>> {
        // A question that panicked leaves the queue whole: it is only held while jobs are put in or taken out.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self, stop: impl Fn(&Stop)) {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            stop(running);
        }
    }

    fn runs(&self, stop: Option<Stop>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = stop;
    }
}

/// The thread that answers questions.
pub struct ReaderThread<K> {
    desk: Arc<Desk<K>>,
    thread: Option<JoinHandle<()>>,
}

impl<K: Clone + PartialEq + Send + 'static> ReaderThread<K> {
    /// Opens the book and starts answering; `tell` gets the news.
    pub fn start(book: &BookPath, tell: impl Fn(News) + Send + 'static) -> Result<Self> {
        let desk = Arc::new(Desk {
            queue: Mutex::new(Queue { waiting: VecDeque::new(), running: None, closed: false }),
            bell: Condvar::new(),
            running: Mutex::new(None),
        });
        let (ready, opened) = channel();
        let (book, side) = (book.clone(), desk.clone());
        let thread =
            std::thread::spawn(move || match Reader::open(&book).map(|reader| reader.with_clock(chrono::Utc::now)) {
                Ok(reader) => {
                    side.runs(Some(reader.stop()));
                    if ready.send(Ok(())).is_ok() {
                        answer_and_open_again(&book, reader, &side, &tell);
                    }
                }
                Err(error) => drop(ready.send(Err(error))),
            });
        opened.recv().unwrap_or_else(|_| {
            Err(super::StoreError::refused("DB-18", "The reading thread could not be started. Start o2c again."))
        })?;
        Ok(ReaderThread { desk, thread: Some(thread) })
    }

    /// Asks a question in a slot. A waiting question of the same slot is dropped, a running one interrupted.
    pub fn ask(&self, slot: K, question: impl FnOnce(&Reader) + Send + 'static) {
        let mut queue = self.desk.lock();
        self.drop_from(&mut queue, &slot);
        queue.waiting.push_back((slot, Box::new(question)));
        drop(queue);
        self.desk.bell.notify_one();
    }

    /// Drops the question of a slot if it waits, and stops it if it is running.
    pub fn forget(&self, slot: &K) {
        self.drop_from(&mut self.desk.lock(), slot);
    }

    fn drop_from(&self, queue: &mut Queue<K>, slot: &K) {
        queue.waiting.retain(|(waiting, _)| waiting != slot);
        if queue.running.as_ref() == Some(slot) {
            self.desk.stop(Stop::stop);
        }
    }
}

/// Answers until the session ends. A book that could only be read is opened again when it can be written: SQLite shares
/// what it knows of the log among the connections of a process, and as long as one of them came before, none can write.
fn answer_and_open_again<K: Clone>(book: &BookPath, mut reader: Reader, desk: &Desk<K>, tell: &dyn Fn(News)) {
    let (version, act) = (reader.version().unwrap_or(0), reader.newest_act().unwrap_or(0));
    let mut seen = Seen { version, act, banner: None, only_reads: None };
    while answer_all(&reader, desk, &mut seen, tell) == Then::OpenAgain {
        desk.runs(None);
        drop(reader);
        reader = loop {
            match Reader::open(book).map(|reader| reader.with_clock(chrono::Utc::now)) {
                Ok(opened) => break opened,
                Err(_) if desk.lock().closed => return,
                // The questions wait: what is in its way just now goes by.
                Err(_) => std::thread::sleep(LOOK_EVERY),
            }
        };
        desk.runs(Some(reader.stop()));
        // Another connection counts from anew.
        seen.version = -1;
    }
}

/// What follows when answering ends.
#[derive(PartialEq, Eq)]
enum Then {
    End,
    OpenAgain,
}

fn answer_all<K: Clone>(reader: &Reader, desk: &Desk<K>, seen: &mut Seen, tell: &dyn Fn(News)) -> Then {
    // What holds from the first is told before the first question.
    look(reader, seen, tell);
    loop {
        let mut queue = desk.lock();
        queue.running = None;
        while queue.waiting.is_empty() && !queue.closed {
            let (again, timeout) = desk.bell.wait_timeout(queue, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner);
            queue = again;
            if timeout.timed_out() {
                drop(queue);
                if seen.only_reads == Some(super::READ_ONLY) && matches!(reader.only_reads(), Ok(None)) {
                    return Then::OpenAgain;
                }
                look(reader, seen, tell);
                queue = desk.lock();
            }
        }
        if queue.closed {
            return Then::End;
        }
        if let Some((slot, question)) = queue.waiting.pop_front() {
            queue.running = Some(slot);
            drop(queue);
            question(reader);
        }
    }
}

/// What was there when the reader last looked.
struct Seen {
    version: i64,
    act: i64,
    banner: Option<&'static str>,
    only_reads: Option<&'static str>,
}

/// Tells of acts by other sessions, and of a book that can no longer be worked in. The version of the file alone says
/// nothing: a place or a draft that a session remembers makes another one, but nothing that anybody else shows.
fn look(reader: &Reader, seen: &mut Seen, tell: &dyn Fn(News)) {
    if let Ok(banner) = reader.banner()
        && banner != seen.banner
    {
        seen.banner = banner;
        tell(News::Banner(banner));
    }
    if let Ok(why) = reader.only_reads()
        && why != seen.only_reads
    {
        seen.only_reads = why;
        tell(News::OnlyReads(why));
    }
    let Ok(version) = reader.version() else { return };
    if version == seen.version {
        return;
    }
    let Ok(act) = reader.newest_act() else { return };
    if act != seen.act {
        tell(News::Changed);
    }
    (seen.version, seen.act) = (version, act);
}

impl<K> Drop for ReaderThread<K> {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.stop(Stop::end);
        self.desk.bell.notify_all();
        if let Some(thread) = self.thread.take() {
            // A reader that panicked has already said so; there is nothing left to save on it.
            let _ = thread.join();
        }
    }
}

/// An act and what is done with its outcome. It gets the writer, or why the book cannot be written.
type Job = Box<dyn FnOnce(Result<&Writer>) + Send>;

/// The thread that performs acts. It opens the book for writing when the first act comes.
pub struct WriterThread {
    jobs: Option<Arc<Sender<Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    /// Starts waiting for acts.
    pub fn start(book: &BookPath) -> Self {
        let (jobs, incoming) = channel();
        let book = book.clone();
        let thread = std::thread::spawn(move || perform_all(&book, &incoming));
        WriterThread { jobs: Some(Arc::new(jobs)), thread: Some(thread) }
    }

    /// Another way to the thread, which does not keep it alive.
    pub fn side_door(&self) -> SideDoor {
        SideDoor(self.jobs.as_ref().map(Arc::downgrade).unwrap_or_default())
    }

    /// Performs a job after those before it.
    pub fn perform(&self, job: impl FnOnce(Result<&Writer>) + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            // The thread lives as long as this handle, so the job arrives.
            let _ = jobs.send(Box::new(job));
        }
    }
}

/// A way to the thread that performs acts for who does not own it; after the thread's end it leads nowhere.
#[derive(Clone)]
pub struct SideDoor(Weak<Sender<Job>>);

impl SideDoor {
    /// Performs a job after those before it.
    pub fn perform(&self, job: impl FnOnce(Result<&Writer>) + Send + 'static) {
        if let Some(jobs) = self.0.upgrade() {
            // What comes too late is no longer needed.
            let _ = jobs.send(Box::new(job));
        }
    }
}

/// A writer that was not needed for this long gives its memory back.
const WRITER_IDLE: Duration = Duration::from_secs(30);

fn perform_all(book: &BookPath, incoming: &Receiver<Job>) {
    let mut writer: Option<Writer> = None;
    loop {
        let job = match incoming.recv_timeout(WRITER_IDLE) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                writer = None;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if writer.is_none() {
            match Writer::open(book).and_then(writes) {
                Ok(opened) => writer = Some(opened),
                Err(error) => {
                    job(Err(error));
                    continue;
                }
            }
        }
        if let Some(writer) = &writer {
            job(Ok(writer));
        }
    }
}

/// SQLite opens a book that may not be written for reading, and keeps it so whatever is changed later: such a writer is
/// not kept, and the next act opens the book anew.
fn writes(writer: Writer) -> Result<Writer> {
    if writer.is_readonly("main")? {
        return Err(super::StoreError::refused("DB-03", super::READ_ONLY.trim_start_matches("[DB-03] ")));
    }
    Ok(writer)
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // Waits for the act that is running, so that leaving never cuts one off.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A question that has no end.
    const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    #[test]
    fn a_question_nobody_waits_for_is_stopped_or_never_begun() {
        let folder = tempfile::tempdir().unwrap();
        let book = BookPath::new(folder.path().join("book.o2c"));
        drop(Writer::make(&book).unwrap());
        let thread = ReaderThread::start(&book, |_| ()).unwrap();
        let (tell, told) = channel();
        let say = |what: &'static str| {
            let tell = tell.clone();
            move |_: &Reader| tell.send(what).unwrap()
        };
        let endless = tell.clone();
        thread.ask(1, move |reader: &Reader| {
            endless.send("begun").unwrap();
            let result: rusqlite::Result<i64> = reader.conn.query_row(ENDLESS, [], |row| row.get(0));
            endless.send(if result.is_err() { "stopped" } else { "ended" }).unwrap();
        });
        thread.ask(2, say("of a screen that is left"));
        thread.ask(3, say("of the screen on top"));
        assert_eq!(told.recv().unwrap(), "begun");
        thread.forget(&2);
        let wait = || told.recv_timeout(Duration::from_millis(20));
        // It may have begun without being at its statement yet.
        let stopped = (0..500).find_map(|_| {
            thread.forget(&1);
            wait().ok()
        });
        assert_eq!(stopped, Some("stopped"));
        assert_eq!(told.recv().unwrap(), "of the screen on top");
        assert!(wait().is_err(), "what was forgotten never ran");
    }
}
