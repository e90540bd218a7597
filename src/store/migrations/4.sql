-- From format 3 to format 4: dunning policies and their assignments, holds, runs and their lines, letters.

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

-- Found by `open > 0` only, so that a question about open items is not answered through it.
DROP INDEX item_open_amount;
CREATE INDEX item_open_amount ON item (open, currency, customer_id) WHERE open > 0;

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
