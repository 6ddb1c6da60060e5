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
