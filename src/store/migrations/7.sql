-- From format 6 to format 7: the number of an item's document beside the item, and in the index of open items; what is
-- known of a promise, and what a mail that is no reminder is about.

ALTER TABLE item ADD COLUMN number TEXT NOT NULL DEFAULT '';
DROP INDEX item_open;
UPDATE item SET number = (SELECT d.number FROM document d WHERE d.id = item.document_id);
CREATE INDEX item_open ON item (customer_id, currency, due_date, kind, open, open_base, disputed, document_date, number)
  WHERE open <> 0;

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

-- What a mail that goes with no reminder is about: `statement`, `promise`, `plan`, `dispute`, `copy`, and the number or
-- day of it.
CREATE TABLE mail_about (
  id INTEGER PRIMARY KEY,
  act_id INTEGER NOT NULL,
  mail_id INTEGER NOT NULL UNIQUE REFERENCES mail (id),
  what TEXT NOT NULL,
  about TEXT NOT NULL
) STRICT;
