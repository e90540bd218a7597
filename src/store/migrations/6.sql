-- From format 5 to format 6: what of a document is tax, and discounts that leave the tax as it is.

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
