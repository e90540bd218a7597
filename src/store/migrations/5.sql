-- From format 4 to format 5: mail that waits to be sent and answers to it, payment plans, cases in full.

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

-- PLANS: payment plans, strategies of the worklist, and who works on which account.
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

-- PAPER: where letters on paper go; customers of older versions have none.
ALTER TABLE customer ADD COLUMN address TEXT NOT NULL DEFAULT '';
