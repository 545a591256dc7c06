/** The tables of version 2, frozen: files of that version are still opened. */
export const SCHEMA_2 = `
CREATE TABLE registry (
  fingerprint TEXT PRIMARY KEY,   -- 16 hexadecimal digits
  text        TEXT NOT NULL,      -- canonical JSON, as first or last served
  served      INTEGER NOT NULL    -- 1 for the first registry ever served, then 2, ...
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
  metric TEXT NOT NULL,           -- fingerprint of the metric
  window INTEGER NOT NULL,        -- first day of the period, days since 1970-01-01 UTC
  state  BLOB NOT NULL,           -- n and counters: encodeState of @dither/mechanisms
  PRIMARY KEY (metric, window)
) STRICT, WITHOUT ROWID;

CREATE TABLE nonces (
  day     INTEGER NOT NULL,       -- day the batches were made
  segment BLOB NOT NULL           -- their 16-byte nonces, sorted: order of arrival is not kept
) STRICT;
CREATE INDEX nonces_by_day ON nonces (day);

CREATE TABLE log (
  id      INTEGER PRIMARY KEY,    -- rises by one with each commit of a process
  batches BLOB NOT NULL           -- canonical batches, each after its length in four bytes; deleted at the fold
) STRICT;

CREATE TABLE candidates (
  name   TEXT PRIMARY KEY,        -- as an operator named the list
  count  INTEGER NOT NULL,        -- texts in it
  sha256 TEXT NOT NULL,           -- of list, 64 hexadecimal digits
  list   BLOB NOT NULL            -- UTF-8, one text a line, each line ended by LF
) STRICT;

PRAGMA application_id = 0x44746872;
PRAGMA user_version = 2;
`;
