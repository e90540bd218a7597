-- The book, format 7. Money is INTEGER minor units with a currency; dates are ISO text; instants are UTC text.
-- "kept" columns and tables repeat what the ledger already says, for speed; `o2c check` recomputes every one of them.

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  name TEXT NOT NULL PRIMARY KEY,
  next INTEGER NOT NULL CHECK (next >= 1)
) STRICT, WITHOUT ROWID;

-- One row an act: the log people read, and the audit chain (`hash` covers `prev`, every column and every digest).
CREATE TABLE act (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
  person_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  customer_id INTEGER,
  summary TEXT NOT NULL,
  undoes INTEGER REFERENCES act (id),
  source TEXT NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL,
  -- the session it was performed in; NULL in acts of format 1
  session_id INTEGER
) STRICT;
CREATE INDEX act_customer ON act (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX act_person ON act (person_id, id);
CREATE UNIQUE INDEX act_undoes ON act (undoes) WHERE undoes IS NOT NULL;
-- Acts that say who was there and change no figure; the log leaves them out unless asked.
CREATE INDEX act_presence ON act (id) WHERE kind IN ('sign in', 'sign out', 'denied');

-- SHA-256 over the posted columns of the rows `first_id` to `last_id` of one table, written by one act.
CREATE TABLE act_digest (
  act_id INTEGER NOT NULL REFERENCES act (id) DEFERRABLE INITIALLY DEFERRED,
  part INTEGER NOT NULL,
  name TEXT NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (act_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;

-- A role given or taken; the last row of a person and role says whether it is held.
CREATE TABLE role_change (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  held INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT;
CREATE INDEX role_change_person ON role_change (person_id, role, id);

-- Every version of a customer's master data; `customer` keeps the last one in columns.
CREATE TABLE customer_version (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX customer_version_no ON customer_version (customer_id, version);

CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  group_name TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  terms TEXT NOT NULL,
  credit_limit INTEGER CHECK (credit_limit IS NULL OR abs(credit_limit) <= 9999999999999),
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  contact TEXT NOT NULL,
  language TEXT NOT NULL,
  owner TEXT NOT NULL,
  risk INTEGER NOT NULL,
  blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
  version INTEGER NOT NULL,
  -- kept from `activity`: the last contact, the follow-up date, the day it was set aside
  last_contact TEXT,
  next_on TEXT,
  next_what TEXT NOT NULL DEFAULT '',
  done_on TEXT,
  bank_account TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT ''
) STRICT;

-- kind: 1 invoice, 2 credit note, 3 debit note, 4 receipt, 5 write-off, 6 refund, 7 discount, 8 payment difference. Debits
-- are positive.
CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 8),
  number TEXT NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  document_date TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9999999999999),
  base INTEGER,
  reference TEXT NOT NULL,
  order_number TEXT NOT NULL,
  text TEXT NOT NULL,
  reverses INTEGER
) STRICT;
CREATE UNIQUE INDEX document_number ON document (number, kind);
CREATE INDEX document_customer ON document (customer_id, document_date, id);

-- An open item: one instalment of one document. `open`, `open_base`, `closed_on`, `disputed` are kept; `number` is its
-- document's, kept here so that open items are found by it without their documents.
CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  document_id INTEGER NOT NULL REFERENCES document (id),
  part INTEGER NOT NULL CHECK (part >= 1),
  kind INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  document_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9999999999999),
  base INTEGER,
  open INTEGER NOT NULL CHECK (abs(open) <= abs(amount) AND open * amount >= 0),
  open_base INTEGER,
  closed_on TEXT NOT NULL,
  disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed >= 0),
  number TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX item_document ON item (document_id, part);
CREATE INDEX item_open ON item (customer_id, currency, due_date, kind, open, open_base, disputed, document_date, number)
  WHERE open <> 0;
CREATE INDEX item_open_due ON item (due_date, id) WHERE open <> 0;
-- Open debits of an amount, whoever's they are: what a payment without a reference may pay. For nothing else: `open <> 0`
-- does not lead here, where rows lie in no order.
CREATE INDEX item_open_amount ON item (open, currency, customer_id) WHERE open > 0;
CREATE INDEX item_closed ON item (closed_on, document_date, customer_id, currency, kind, due_date, open, open_base, disputed);

-- Links a credit item to a debit item. A reversal is a row of its own with a negative amount and its own date.
CREATE TABLE allocation (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  debit_item INTEGER NOT NULL REFERENCES item (id),
  credit_item INTEGER NOT NULL REFERENCES item (id),
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9999999999999),
  debit_base INTEGER,
  credit_base INTEGER,
  effective TEXT NOT NULL,
  rule TEXT NOT NULL,
  reverses INTEGER
) STRICT;
CREATE INDEX allocation_debit ON allocation (debit_item, effective, amount);
CREATE INDEX allocation_credit ON allocation (credit_item, effective, amount);
CREATE INDEX allocation_effective ON allocation (effective, debit_item, credit_item, amount, debit_base, credit_base);
CREATE UNIQUE INDEX allocation_reverses ON allocation (reverses) WHERE reverses IS NOT NULL;

-- One double entry: `amount` from `credit` to `debit`, so every row balances by itself; an event of several legs is
-- several rows. `base` is the same leg in the book's currency; an exchange difference has amount 0.
CREATE TABLE posting (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  document_id INTEGER,
  allocation_id INTEGER,
  date TEXT NOT NULL,
  debit INTEGER NOT NULL,
  credit INTEGER NOT NULL CHECK (credit <> debit),
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9999999999999),
  base INTEGER
) STRICT;

CREATE TABLE activity (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  person_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  text TEXT NOT NULL,
  on_date TEXT NOT NULL,
  next_on TEXT,
  next_what TEXT NOT NULL,
  takes_back INTEGER
) STRICT;
CREATE INDEX activity_customer ON activity (customer_id, on_date, id);
CREATE UNIQUE INDEX activity_takes_back ON activity (takes_back) WHERE takes_back IS NOT NULL;

-- A promise to pay on one item. Whether it was kept is derived from the receipts applied; `ended_on` and `ended_why`
-- (withdrawn, renewed) are kept from `promise_end`.
CREATE TABLE promise (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES item (id),
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  made_on TEXT NOT NULL,
  promised_on TEXT NOT NULL,
  level INTEGER NOT NULL,
  text TEXT NOT NULL,
  ended_on TEXT,
  ended_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX promise_item ON promise (item_id, id);
CREATE INDEX promise_customer ON promise (customer_id, promised_on);

CREATE TABLE promise_end (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  promise_id INTEGER NOT NULL UNIQUE REFERENCES promise (id),
  on_date TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;

-- One thing known of a promise beside its words: `method` (how they will pay), `contact` (who said so), `source` (how it
-- was said). The last row of a field counts.
CREATE TABLE promise_fact (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  promise_id INTEGER NOT NULL REFERENCES promise (id),
  field TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX promise_fact_field ON promise_fact (promise_id, field, id);

-- A dispute case on one item. `state`, `owner`, `department`, `decided_on`, `accepted`, `version` are kept from its steps.
CREATE TABLE dispute (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES item (id),
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  reason TEXT NOT NULL,
  opened_on TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  department TEXT NOT NULL,
  decided_on TEXT,
  accepted INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX dispute_customer ON dispute (customer_id, id);
CREATE INDEX dispute_item ON dispute (item_id);

CREATE TABLE dispute_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  dispute_id INTEGER NOT NULL REFERENCES dispute (id),
  version INTEGER NOT NULL,
  on_date TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  department TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dispute_step_version ON dispute_step (dispute_id, version);

-- Kept: what changed on a day, a measure and a currency. Any figure at a date is the sum up to that date.
CREATE TABLE daily (
  measure INTEGER NOT NULL,
  currency TEXT NOT NULL,
  day TEXT NOT NULL,
  amount INTEGER NOT NULL,
  base INTEGER NOT NULL,
  items INTEGER NOT NULL,
  PRIMARY KEY (measure, currency, day)
) STRICT, WITHOUT ROWID;

-- Kept: one customer in one currency, independent of today.
CREATE TABLE standing (
  customer_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  debits INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  unapplied INTEGER NOT NULL,
  disputed INTEGER NOT NULL,
  items INTEGER NOT NULL,
  oldest_due TEXT,
  paid INTEGER NOT NULL,
  paid_amount INTEGER NOT NULL,
  paid_days INTEGER NOT NULL,
  late_days INTEGER NOT NULL,
  PRIMARY KEY (customer_id, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE rate (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  from_date TEXT NOT NULL,
  rate TEXT NOT NULL
) STRICT;
CREATE INDEX rate_currency ON rate (currency, from_date, id);

CREATE TABLE target (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  kpi TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE import_file (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  taken INTEGER NOT NULL,
  refused INTEGER NOT NULL
) STRICT;
CREATE INDEX import_file_sha ON import_file (sha256);

-- The bytes of a text as they were read, where cleaning changed them. Never shown.
CREATE TABLE raw_text (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  row_id INTEGER NOT NULL,
  field TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- What changed about a person: `department`, `active` (1 or 0), `name`. The last row of a field counts.
CREATE TABLE person_change (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  field TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX person_change_field ON person_change (person_id, field, id);

-- A person's own limit for a kind of act, in minor units of the book's currency; NULL gives the limit of the roles back.
CREATE TABLE limit_change (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,
  amount INTEGER CHECK (amount IS NULL OR amount BETWEEN 0 AND 9999999999999)
) STRICT;
CREATE INDEX limit_change_kind ON limit_change (person_id, kind, id);

-- Approval authority lent to another person from a day until a day, both included; ended early by `delegation_end`.
CREATE TABLE delegation (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  to_person INTEGER NOT NULL REFERENCES person (id),
  from_date TEXT NOT NULL,
  until_date TEXT NOT NULL,
  CHECK (to_person <> person_id AND until_date >= from_date)
) STRICT;
CREATE INDEX delegation_to ON delegation (to_person, until_date);

CREATE TABLE delegation_end (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  delegation_id INTEGER NOT NULL UNIQUE REFERENCES delegation (id),
  on_date TEXT NOT NULL
) STRICT;

-- An act beyond its maker's authority, waiting for a second person. `payload_hash` (SHA-256 of `payload`) is what is
-- approved and what is executed; `premises` is what the maker saw, and must still be so. `state` is kept from the steps.
CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  person_id INTEGER NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
  premises TEXT NOT NULL,
  customer_id INTEGER,
  needs TEXT NOT NULL,
  limit_kind TEXT,
  amount INTEGER,
  summary TEXT NOT NULL,
  change TEXT NOT NULL,
  why TEXT NOT NULL,
  asked_on TEXT NOT NULL,
  expires_on TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX request_waiting ON request (asked_on, id) WHERE state = 'waiting';

-- What became of a request: `approved` (its act is the step's act), `rejected`, `withdrawn`.
CREATE TABLE request_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  request_id INTEGER NOT NULL UNIQUE REFERENCES request (id),
  what TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  authority_of INTEGER REFERENCES person (id),
  on_date TEXT NOT NULL,
  payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
  text TEXT NOT NULL
) STRICT;

-- A month closed or opened again; the last row of a month counts. A closing keeps what the books said then.
CREATE TABLE period_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  period TEXT NOT NULL,
  what TEXT NOT NULL,
  on_date TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  snapshot TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;
CREATE INDEX period_step_period ON period_step (period, id);

-- Who was signed in, from where and how that was known: `trust`, `forced`, `sudo`, `demo`.
CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  login TEXT NOT NULL,
  identity TEXT NOT NULL,
  source TEXT NOT NULL,
  origin TEXT NOT NULL,
  started_at TEXT NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person_id, id);

CREATE TABLE session_end (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  session_id INTEGER NOT NULL UNIQUE REFERENCES session (id),
  how TEXT NOT NULL
) STRICT;

-- What was refused for want of a right, a limit or a second person.
CREATE TABLE denial (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  login TEXT NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL
) STRICT;

-- What was done without the second person it asks for, because the book had nobody who could be one.
CREATE TABLE lone_act (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  why TEXT NOT NULL
) STRICT;

-- Settings of the company that were set by an act; `meta` keeps the last value of each.
CREATE TABLE setting_change (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX setting_change_key ON setting_change (key, id);

-- A bank account of the company. `number` is the IBAN or the bank's own number, without spaces, in upper case.
CREATE TABLE bank_account (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE,
  number TEXT NOT NULL,
  currency TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX bank_account_number ON bank_account (number, currency);

-- A statement (its entries are booked) or an advice (it books nothing), in the order they were taken in. The balance of
-- an account is the sum of `gap` and of the entries of its statements: `gap` is what the bank's closing balance has
-- beyond that, which is the opening balance of the first statement and 0 where one joins on to the one before; `balance` is the sum.
CREATE TABLE bank_statement (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  bank_account_id INTEGER NOT NULL REFERENCES bank_account (id),
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  number TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  opening INTEGER,
  closing INTEGER,
  gap INTEGER NOT NULL,
  balance INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  known INTEGER NOT NULL
) STRICT;
CREATE INDEX bank_statement_account ON bank_statement (bank_account_id, id);

-- One movement of a bank account. `entry_key` tells it from all others of the account, `content` finds it again in
-- another message, `likeness` finds what has account, amount and day in common; `resembles` is such an earlier entry.
CREATE TABLE bank_entry (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  bank_account_id INTEGER NOT NULL REFERENCES bank_account (id),
  statement_id INTEGER NOT NULL REFERENCES bank_statement (id),
  line INTEGER NOT NULL,
  booked_on TEXT NOT NULL,
  value_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9999999999999),
  base INTEGER,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  reference TEXT NOT NULL,
  entry_key BLOB NOT NULL CHECK (length(entry_key) = 16),
  content BLOB,
  likeness BLOB NOT NULL,
  resembles INTEGER
) STRICT;
CREATE UNIQUE INDEX bank_entry_key ON bank_entry (bank_account_id, entry_key);
CREATE INDEX bank_entry_content ON bank_entry (content) WHERE content IS NOT NULL;
CREATE INDEX bank_entry_likeness ON bank_entry (likeness);
CREATE INDEX bank_entry_statement ON bank_entry (statement_id, id);

-- One payment inside an entry, or announced by an advice (`entry_id` NULL). What of it is not settled yet (`left`), the
-- entry it is part of by now (`of_entry`) and why the rules left it (`why`) are kept.
CREATE TABLE bank_payment (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  statement_id INTEGER NOT NULL REFERENCES bank_statement (id),
  entry_id INTEGER REFERENCES bank_entry (id),
  part INTEGER NOT NULL CHECK (part >= 1),
  value_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9999999999999),
  base INTEGER,
  kind TEXT NOT NULL,
  payer TEXT NOT NULL,
  payer_account TEXT NOT NULL,
  structured TEXT NOT NULL,
  end_to_end TEXT NOT NULL,
  text TEXT NOT NULL,
  content BLOB,
  left INTEGER NOT NULL CHECK (abs(left) <= abs(amount) AND left * amount >= 0),
  of_entry INTEGER,
  why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX bank_payment_waiting ON bank_payment (kind, currency, left, id) WHERE left <> 0 AND of_entry IS NOT NULL;
CREATE INDEX bank_payment_entry ON bank_payment (of_entry, id);
CREATE INDEX bank_payment_content ON bank_payment (content) WHERE content IS NOT NULL;

-- A line of a payment's structured remittance.
CREATE TABLE remittance (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  payment_id INTEGER NOT NULL REFERENCES bank_payment (id),
  kind TEXT NOT NULL,
  number TEXT NOT NULL,
  amount INTEGER,
  discount INTEGER,
  deduction INTEGER,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX remittance_payment ON remittance (payment_id, id);

-- What became of a part of a payment: `receipt` (the document it became), `return` (the document that takes one back),
-- `known` (a document entered by hand), `charge`, `transfer`, `elsewhere`, `split` (into the payments an advice listed),
-- `joined` (an announced payment found its entry). `amount` has the payment's sign; a row that takes another back has the
-- opposite. Rule, confidence (per mille) and evidence say for ever why.
CREATE TABLE payment_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  payment_id INTEGER NOT NULL REFERENCES bank_payment (id),
  what TEXT NOT NULL,
  amount INTEGER NOT NULL,
  document_id INTEGER,
  entry_id INTEGER,
  on_date TEXT NOT NULL,
  rule TEXT NOT NULL,
  confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 1000),
  evidence TEXT NOT NULL,
  takes_back INTEGER
) STRICT;
CREATE INDEX payment_step_payment ON payment_step (payment_id, id);
CREATE INDEX payment_step_document ON payment_step (document_id) WHERE document_id IS NOT NULL;
CREATE UNIQUE INDEX payment_step_takes_back ON payment_step (takes_back) WHERE takes_back IS NOT NULL;

-- The cash discount an item was billed with: so many percent of its amount when paid up to a day (see discount_net).
CREATE TABLE item_discount (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL UNIQUE REFERENCES item (id),
  percent TEXT NOT NULL,
  until_date TEXT NOT NULL
) STRICT;

-- What of a document is taxed at one rate (percent), with the document's sign: the rows of a document add up to it. A
-- document without rows has no tax. Of a discount it is what the discount takes off net amount and tax.
CREATE TABLE document_tax (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  document_id INTEGER NOT NULL REFERENCES document (id),
  rate TEXT NOT NULL,
  net INTEGER NOT NULL CHECK (abs(net) <= 9999999999999),
  tax INTEGER NOT NULL CHECK (abs(tax) <= 9999999999999)
) STRICT;
CREATE UNIQUE INDEX document_tax_rate ON document_tax (document_id, rate);

-- The cash discount of an item that is so many percent of `net`, not of its amount, and leaves the tax as it is.
CREATE TABLE discount_net (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL UNIQUE REFERENCES item (id),
  net INTEGER NOT NULL CHECK (net BETWEEN 1 AND 9999999999999)
) STRICT;

-- What a payer is known by: kind `account` or `name`; the last row of a value and customer says whether it is held.
CREATE TABLE alias_change (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  held INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT;
CREATE INDEX alias_change_value ON alias_change (kind, value, customer_id, id);
CREATE INDEX alias_change_customer ON alias_change (customer_id, kind, value, id);

-- A version of a dunning policy, as JSON. It never changes; a change is the next version.
CREATE TABLE policy_version (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX policy_version_no ON policy_version (name, version);

-- A policy given to the company, a segment (conditions such as `country:DE`), a customer or an invoice; the last row of
-- a scope counts, and an empty policy takes it back.
CREATE TABLE policy_assignment (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  scope TEXT NOT NULL,
  segment TEXT NOT NULL,
  customer_id INTEGER REFERENCES customer (id),
  document_id INTEGER REFERENCES document (id),
  policy TEXT NOT NULL
) STRICT;

-- No letters to a customer, or about one item of it, from a day until a day, both included; lifted by `dunning_hold_end`.
CREATE TABLE dunning_hold (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  item_id INTEGER REFERENCES item (id),
  kind TEXT NOT NULL,
  from_date TEXT NOT NULL,
  until_date TEXT,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX dunning_hold_customer ON dunning_hold (customer_id, id);

CREATE TABLE dunning_hold_end (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  hold_id INTEGER NOT NULL UNIQUE REFERENCES dunning_hold (id),
  on_date TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;

-- A run of reminders of one day. `left_out` counts what was not dunned by reason, as JSON. Its state is its last step.
CREATE TABLE dunning_run (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  run_date TEXT NOT NULL,
  segment TEXT NOT NULL,
  lines INTEGER NOT NULL,
  left_out TEXT NOT NULL
) STRICT;

-- An item a run proposes to dun, at which level, by which version of which policy, and why.
CREATE TABLE dunning_line (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL REFERENCES dunning_run (id),
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES item (id),
  policy_id INTEGER NOT NULL REFERENCES policy_version (id),
  level INTEGER NOT NULL CHECK (level >= 1),
  currency TEXT NOT NULL,
  asked INTEGER NOT NULL CHECK (asked > 0),
  why TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dunning_line_item ON dunning_line (run_id, item_id);
CREATE INDEX dunning_line_customer ON dunning_line (run_id, customer_id, id);

-- What a person did to a line: `drop`, `hold` (dropped and held), `lower` to a level. The last one of a line counts.
CREATE TABLE dunning_review (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  line_id INTEGER NOT NULL REFERENCES dunning_line (id),
  what TEXT NOT NULL,
  level INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX dunning_review_line ON dunning_review (line_id, id);

-- What became of a run: `approved`, `sending`, `sent`, `cancelled`, `superseded` (drafted anew).
CREATE TABLE dunning_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL REFERENCES dunning_run (id),
  what TEXT NOT NULL,
  on_date TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dunning_step_run ON dunning_step (run_id, what);

-- A letter that went out, one for a customer, level, currency and policy of a run. `credits` are what was taken off or
-- listed; `fee_document` and `interest_document` are what it charged.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  run_id INTEGER NOT NULL REFERENCES dunning_run (id),
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  policy_id INTEGER NOT NULL REFERENCES policy_version (id),
  level INTEGER NOT NULL CHECK (level >= 1),
  currency TEXT NOT NULL,
  letter_date TEXT NOT NULL,
  pay_by TEXT NOT NULL,
  language TEXT NOT NULL,
  customer_version INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  fee INTEGER NOT NULL,
  interest INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  fee_document INTEGER REFERENCES document (id),
  interest_document INTEGER REFERENCES document (id)
) STRICT;
CREATE UNIQUE INDEX letter_once ON letter (run_id, customer_id, level, currency, policy_id);
CREATE INDEX letter_customer ON letter (customer_id, id);

CREATE TABLE letter_line (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  letter_id INTEGER NOT NULL REFERENCES letter (id),
  item_id INTEGER NOT NULL REFERENCES item (id),
  level INTEGER NOT NULL,
  open INTEGER NOT NULL CHECK (open > 0),
  disputed INTEGER NOT NULL CHECK (disputed >= 0),
  fee INTEGER NOT NULL CHECK (fee >= 0),
  interest INTEGER NOT NULL CHECK (interest >= 0)
) STRICT;
CREATE UNIQUE INDEX letter_line_item ON letter_line (item_id, letter_id);
CREATE INDEX letter_line_letter ON letter_line (letter_id, id);
CREATE UNIQUE INDEX letter_line_fee ON letter_line (item_id, level) WHERE fee > 0;

-- MAIL: what waits to be handed to a mail server, what became of it, what customers answer.

-- A mail, written by the act that wrote its letter: the whole message as it goes over the wire. `state` and `due_at` (the
-- instant before which it is not sent; empty for at once) are kept from its steps; without any it waits.
CREATE TABLE mail (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  letter_id INTEGER REFERENCES letter (id),
  message_id TEXT NOT NULL UNIQUE,
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  subject TEXT NOT NULL,
  message BLOB NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  due_at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX mail_letter ON mail (letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX mail_open ON mail (state, id) WHERE state IN ('waiting', 'leased', 'failed', 'unknown');
CREATE INDEX mail_customer ON mail (customer_id, id);

-- What became of a mail: `leased` (by `who` until `at`), `waiting` (put back, not before `at`), `sent`, `failed`, `unknown`
-- (handed over, and no answer came), `returned` (it came back), and what a person settled: `sent by hand`, `again`,
-- `given up`. `text` is what the server or the person said.
CREATE TABLE mail_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  mail_id INTEGER NOT NULL REFERENCES mail (id),
  what TEXT NOT NULL,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX mail_step_mail ON mail_step (mail_id, id);

-- What a mail that goes with no reminder is about: `statement`, `promise`, `plan`, `dispute`, `copy`, and the number or
-- day of it.
CREATE TABLE mail_about (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  mail_id INTEGER NOT NULL UNIQUE REFERENCES mail (id),
  what TEXT NOT NULL,
  about TEXT NOT NULL
) STRICT;

-- The way a letter leaves by: `mail`, `letter` (paper), `phone`; the last row of a letter counts, none is paper.
CREATE TABLE letter_way (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  letter_id INTEGER NOT NULL REFERENCES letter (id),
  way TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX letter_way_letter ON letter_way (letter_id, id);

-- Whether mail to an address of a customer comes back; the last row of an address counts.
CREATE TABLE address_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  address TEXT NOT NULL,
  bounced INTEGER NOT NULL CHECK (bounced IN (0, 1)),
  why TEXT NOT NULL
) STRICT;
CREATE INDEX address_step_address ON address_step (customer_id, address, id);

-- A mail that came in, once: `fingerprint` is the SHA-256 of the whole of it, `text` its own words, `found_by` what told
-- whose it is. `sort` is `written`, `automatic`, `returned` or `delayed`.
CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  fingerprint TEXT NOT NULL UNIQUE,
  message_id TEXT NOT NULL,
  customer_id INTEGER REFERENCES customer (id),
  mail_id INTEGER REFERENCES mail (id),
  found_by TEXT NOT NULL,
  sort TEXT NOT NULL,
  sender TEXT NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  written_on TEXT,
  taken_on TEXT NOT NULL,
  text TEXT NOT NULL,
  attached TEXT NOT NULL
) STRICT;
CREATE INDEX answer_customer ON answer (customer_id, id) WHERE customer_id IS NOT NULL;

-- What an answer proposes: `paid`, `promise`, `dispute`, `query`, with the sentence and the phrase that decided it. Nothing
-- is done until a person accepts it. `state` (`open`, `accepted`, `dismissed`) is kept from its steps.
CREATE TABLE proposal (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  answer_id INTEGER NOT NULL REFERENCES answer (id),
  customer_id INTEGER REFERENCES customer (id),
  meaning TEXT NOT NULL,
  on_date TEXT,
  amount INTEGER CHECK (amount IS NULL OR amount BETWEEN 0 AND 9999999999999),
  currency TEXT NOT NULL,
  documents TEXT NOT NULL,
  phrase TEXT NOT NULL,
  sentence TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open'
) STRICT;
CREATE INDEX proposal_answer ON proposal (answer_id, id);
CREATE INDEX proposal_open ON proposal (id) WHERE state = 'open';

CREATE TABLE proposal_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  proposal_id INTEGER NOT NULL REFERENCES proposal (id),
  what TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX proposal_step_proposal ON proposal_step (proposal_id, id);

-- What a person's screen remembers: drafts, last place, saved views. Not business, not in the chain.
CREATE TABLE workspace (
  person_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (person_id, key)
) STRICT, WITHOUT ROWID;

-- Cash: rules for entries the bank's codes do not settle. `text` is the pattern as written, `pattern` what makes two the
-- same, `bank_account_id` NULL means every account; the last row of a pattern and account says whether it is in force.
CREATE TABLE bank_rule_change (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  pattern TEXT NOT NULL,
  text TEXT NOT NULL,
  bank_account_id INTEGER REFERENCES bank_account (id),
  kind TEXT NOT NULL,
  held INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT;
CREATE INDEX bank_rule_change_pattern ON bank_rule_change (pattern, id);
-- Payments of an amount about a day: the same one reported twice is found without going through the others.
CREATE INDEX bank_payment_alike ON bank_payment (amount, currency, value_on);

-- CASES: what is kept of a dispute beside its steps. A row of an act that was taken back counts no more.
-- One thing known of a case: `kind`, `cause`, `last day`, `channel`, `contact`, `customer reference`, `confirmed`. The last
-- row of a field counts.
CREATE TABLE dispute_fact (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  dispute_id INTEGER NOT NULL REFERENCES dispute (id),
  field TEXT NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX dispute_fact_field ON dispute_fact (dispute_id, field, id);

-- What became of a part of the disputed amount: `credited`, `promotion`, `written off`, `charged back`, `paid`, `collected`,
-- `repaid`, `moved`, `earlier` (settled before format 5). `document_id` and `allocation_id` are what took it off the item,
-- `other_id` is the debit note it was charged back with, the promise to repay it or the case it moved to. A row that
-- takes another back has the opposite amount.
CREATE TABLE dispute_effect (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  dispute_id INTEGER NOT NULL REFERENCES dispute (id),
  what TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9999999999999),
  document_id INTEGER REFERENCES document (id),
  allocation_id INTEGER REFERENCES allocation (id),
  other_id INTEGER,
  on_date TEXT NOT NULL,
  takes_back INTEGER REFERENCES dispute_effect (id)
) STRICT;
CREATE INDEX dispute_effect_dispute ON dispute_effect (dispute_id, id);
CREATE INDEX dispute_effect_allocation ON dispute_effect (allocation_id) WHERE allocation_id IS NOT NULL;
CREATE UNIQUE INDEX dispute_effect_takes_back ON dispute_effect (takes_back) WHERE takes_back IS NOT NULL;

-- A file that belongs to a case. It stays where it is; `sha256` (hexadecimal) says whether it is still the same.
CREATE TABLE dispute_file (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  dispute_id INTEGER NOT NULL REFERENCES dispute (id),
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  note TEXT NOT NULL
) STRICT;
CREATE INDEX dispute_file_dispute ON dispute_file (dispute_id, id);

-- A question of a customer about an item, an order or a payment (`about`); it holds no amount back. Where it stands is its
-- last step; `promoted` names the dispute it became.
CREATE TABLE inquiry (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  item_id INTEGER REFERENCES item (id),
  about TEXT NOT NULL,
  reason TEXT NOT NULL,
  channel TEXT NOT NULL,
  contact TEXT NOT NULL,
  opened_on TEXT NOT NULL
) STRICT;
CREATE INDEX inquiry_customer ON inquiry (customer_id, id);

CREATE TABLE inquiry_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  inquiry_id INTEGER NOT NULL REFERENCES inquiry (id),
  version INTEGER NOT NULL CHECK (version >= 1),
  on_date TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  department TEXT NOT NULL,
  text TEXT NOT NULL,
  dispute_id INTEGER REFERENCES dispute (id)
) STRICT;
CREATE UNIQUE INDEX inquiry_step_version ON inquiry_step (inquiry_id, version);

-- Something a person was asked to do by a mention (`@login`) in a note on a dispute or an inquiry; done by `case_task_end`.
CREATE TABLE case_task (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id),
  by_person INTEGER NOT NULL REFERENCES person (id),
  dispute_id INTEGER REFERENCES dispute (id),
  inquiry_id INTEGER REFERENCES inquiry (id),
  text TEXT NOT NULL,
  on_date TEXT NOT NULL
) STRICT;
CREATE INDEX case_task_person ON case_task (person_id, id);

CREATE TABLE case_task_end (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  task_id INTEGER NOT NULL REFERENCES case_task (id),
  on_date TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id)
) STRICT;
CREATE INDEX case_task_end_task ON case_task_end (task_id, id);

-- A payment plan of a customer in one currency: parts of items, to be paid by instalments. What came of it is derived
-- from the allocations; `ended_on` and `ended_why` (withdrawn, replaced, undone) are kept from its last `plan_step`.
CREATE TABLE plan (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  currency TEXT NOT NULL,
  made_on TEXT NOT NULL,
  grace_days INTEGER NOT NULL CHECK (grace_days BETWEEN 0 AND 60),
  replaces INTEGER REFERENCES plan (id),
  text TEXT NOT NULL,
  ended_on TEXT,
  ended_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX plan_customer ON plan (customer_id, id);

-- How much of an item a plan is about: its open amount, or a part of it.
CREATE TABLE plan_item (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  plan_id INTEGER NOT NULL REFERENCES plan (id),
  item_id INTEGER NOT NULL REFERENCES item (id),
  amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT;
CREATE UNIQUE INDEX plan_item_item ON plan_item (item_id, plan_id);
CREATE INDEX plan_item_plan ON plan_item (plan_id, id);

-- What is to be paid when: `part` counts from 1, by date.
CREATE TABLE instalment (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  plan_id INTEGER NOT NULL REFERENCES plan (id),
  part INTEGER NOT NULL CHECK (part >= 1),
  due_date TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT;
CREATE UNIQUE INDEX instalment_part ON instalment (plan_id, part);

-- A plan ended by hand, or put back in force (`restored`) when that was undone. The last step of a plan counts.
CREATE TABLE plan_step (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  plan_id INTEGER NOT NULL REFERENCES plan (id),
  what TEXT NOT NULL,
  on_date TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX plan_step_plan ON plan_step (plan_id, id);

-- A version of a strategy of the worklist, as JSON. It never changes; a change is the next version.
CREATE TABLE strategy_version (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX strategy_version_no ON strategy_version (name, version);

-- Who works on an account, until when. Not business, not in the chain: it ends by itself.
CREATE TABLE lease (
  customer_id INTEGER NOT NULL PRIMARY KEY,
  person_id INTEGER NOT NULL,
  until_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
