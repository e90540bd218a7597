-- From format 1 to format 2: authority, approvals, periods and sessions. Columns are added where schema.sql has them last.

ALTER TABLE act ADD COLUMN session_id INTEGER;
ALTER TABLE customer ADD COLUMN bank_account TEXT NOT NULL DEFAULT '';
CREATE INDEX act_presence ON act (id) WHERE kind IN ('sign in', 'sign out', 'denied');

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
