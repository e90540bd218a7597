-- From format 6 to format 7: the number of an item's document beside the item, and in the index of open items.

ALTER TABLE item ADD COLUMN number TEXT NOT NULL DEFAULT '';
DROP INDEX item_open;
UPDATE item SET number = (SELECT d.number FROM document d WHERE d.id = item.document_id);
CREATE INDEX item_open ON item (customer_id, currency, due_date, kind, open, open_base, disputed, document_date, number)
  WHERE open <> 0;
