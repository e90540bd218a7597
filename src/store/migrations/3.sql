-- From format 2 to format 3: bank accounts, statements, payments and what became of them; two more kinds of document.

-- SQLite cannot change a CHECK; the table is made anew, as its documentation says to. Indexes and guards are made again.
CREATE TABLE document_new (
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
INSERT INTO document_new (id, act_id, kind, number, customer_id, document_date, currency, amount, base, reference,
  order_number, text, reverses)
  SELECT id, act_id, kind, number, customer_id, document_date, currency, amount, base, reference, order_number, text,
    reverses FROM document ORDER BY id;
DROP TABLE document;
ALTER TABLE document_new RENAME TO document;
CREATE UNIQUE INDEX document_number ON document (number, kind);
CREATE INDEX document_customer ON document (customer_id, document_date, id);

-- Open items of an amount, whoever's they are: what a payment without a reference may pay.
CREATE INDEX item_open_amount ON item (open, currency, customer_id) WHERE open <> 0;

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

-- The cash discount an item was billed with: so many percent of its amount when paid up to a day.
CREATE TABLE item_discount (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL UNIQUE REFERENCES item (id),
  percent TEXT NOT NULL,
  until_date TEXT NOT NULL
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
