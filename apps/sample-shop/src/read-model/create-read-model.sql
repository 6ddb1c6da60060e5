-- The tables of the read model. They belong to the shop, not to the event store, and can be filled anew from its events.
CREATE SCHEMA IF NOT EXISTS shop;

CREATE TABLE IF NOT EXISTS shop."order" (
  number text PRIMARY KEY,
  customer text,
  country text,
  placed_at timestamptz NOT NULL,
  line_count int NOT NULL,
  units bigint NOT NULL,
  total numeric NOT NULL,
  returned_units bigint NOT NULL DEFAULT 0,
  returned_amount numeric NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS order_by_time ON shop."order" (placed_at DESC, number DESC);
CREATE INDEX IF NOT EXISTS order_by_customer ON shop."order" (customer, placed_at DESC);

CREATE TABLE IF NOT EXISTS shop.customer (
  id text PRIMARY KEY,
  country text,
  orders int NOT NULL DEFAULT 0,
  spent numeric NOT NULL DEFAULT 0,
  credited numeric NOT NULL DEFAULT 0
);

ALTER TABLE shop.customer
  ADD COLUMN IF NOT EXISTS name text,
  ADD COLUMN IF NOT EXISTS email text,
  -- Whose personal data name and email are.
  ADD COLUMN IF NOT EXISTS subject text;
CREATE INDEX IF NOT EXISTS customer_by_subject ON shop.customer (subject);

CREATE TABLE IF NOT EXISTS shop.product (
  code text PRIMARY KEY,
  description text,
  sold bigint NOT NULL DEFAULT 0,
  returned bigint NOT NULL DEFAULT 0,
  adjusted bigint NOT NULL DEFAULT 0,
  revenue numeric NOT NULL DEFAULT 0
);

-- What each customer has spent, and when last.
CREATE TABLE IF NOT EXISTS shop.customer_spend (
  customer text PRIMARY KEY,
  orders int NOT NULL,
  units bigint NOT NULL,
  spent numeric NOT NULL,
  credited numeric NOT NULL,
  last_order_at timestamptz
);
CREATE INDEX IF NOT EXISTS customer_spend_by_amount ON shop.customer_spend (spent DESC, customer);

-- What was sold of each product on each day.
CREATE TABLE IF NOT EXISTS shop.product_day (
  code text,
  day date,
  units bigint NOT NULL,
  revenue numeric NOT NULL,
  orders int NOT NULL,
  PRIMARY KEY (code, day)
);
CREATE INDEX IF NOT EXISTS product_day_by_day ON shop.product_day (day);

-- How many units of each product came and went since the first day on record.
CREATE TABLE IF NOT EXISTS shop.stock_level (
  code text PRIMARY KEY,
  level bigint NOT NULL,
  moved_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS shop.invoice (
  order_number text PRIMARY KEY,
  customer text,
  total numeric NOT NULL,
  credited numeric NOT NULL DEFAULT 0,
  issued_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS invoice_by_time ON shop.invoice (issued_at DESC, order_number DESC);

CREATE TABLE IF NOT EXISTS shop.shelf (
  code text PRIMARY KEY,
  picked bigint NOT NULL
);

-- Sent mails, by the message that asked for each.
CREATE TABLE IF NOT EXISTS shop.mail (
  message_id text PRIMARY KEY,
  customer text NOT NULL,
  subject text NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS shop.mail_count (
  kind text PRIMARY KEY,
  mails bigint NOT NULL
);

-- What an order had to have fetched from the shelves.
CREATE TABLE IF NOT EXISTS shop.pick_list (
  order_number text PRIMARY KEY,
  units bigint NOT NULL,
  picked_at timestamptz NOT NULL DEFAULT now()
);

-- Codes on invoices that lie on no shelf: services, fees, corrections.
CREATE TABLE IF NOT EXISTS shop.service_code (
  code text PRIMARY KEY
);
INSERT INTO shop.service_code (code) VALUES
  ('POST'), ('DOT'), ('C2'), ('D'), ('M'), ('m'), ('S'), ('PADS'), ('CRUK'), ('AMAZONFEE'), ('BANK CHARGES'), ('B')
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS shop.payment (
  order_number text PRIMARY KEY,
  authorised boolean NOT NULL,
  reference text NOT NULL,
  answered_at timestamptz NOT NULL DEFAULT now()
);
