/** Marks a file as ours: "Dthr" in the header field that SQLite keeps for this. */
export const APPLICATION_ID = 0x44746872;
/** Version of the tables below, in the header's `user_version`. docs/data-model.md says which step writes what. */
export const SCHEMA_VERSION = 3;

export const SCHEMA = `
CREATE TABLE registry (
  fingerprint TEXT PRIMARY KEY,   -- 16 hexadecimal digits
  text        TEXT NOT NULL,      -- canonical JSON, as first or last served
  served      INTEGER NOT NULL    -- rises with each time a registry is given
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
  metric TEXT NOT NULL,           -- fingerprint of the metric
  window INTEGER NOT NULL,        -- first day of the period, days since 1970-01-01 UTC
  n      INTEGER NOT NULL,        -- reports in it, as in state: so that windows are listed without their counters
  state  BLOB NOT NULL,           -- n and counters: storage/packed-state.ts
  crc    INTEGER NOT NULL,        -- of state and of where it belongs: damage is seen when it is read
  PRIMARY KEY (metric, window)
) STRICT;

CREATE TABLE nonces (
  day     INTEGER NOT NULL,       -- day the batches were made
  segment BLOB NOT NULL,          -- their 16-byte nonces, sorted: order of arrival is not kept
  crc     INTEGER NOT NULL
) STRICT;
CREATE INDEX nonces_by_day ON nonces (day);

CREATE TABLE sealed (
  day     INTEGER NOT NULL,       -- a day whose nonces are no longer in memory
  first   BLOB NOT NULL,          -- first nonce of the segment
  segment BLOB NOT NULL,          -- sorted nonces, all of them before the next segment's
  crc     INTEGER NOT NULL,
  PRIMARY KEY (day, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  id      INTEGER PRIMARY KEY,    -- rises by one with each commit of a process
  batches BLOB NOT NULL,          -- canonical batches, each after its length in four bytes, until the fold
  crc     INTEGER NOT NULL
) STRICT;

CREATE TABLE candidates (
  name   TEXT PRIMARY KEY,        -- as an operator named the list
  count  INTEGER NOT NULL,        -- texts in it
  sha256 TEXT NOT NULL,           -- of list, 64 hexadecimal digits
  list   BLOB NOT NULL            -- UTF-8, one text a line, each line ended by LF
) STRICT;

CREATE TABLE record (
  kind TEXT NOT NULL,             -- read-token, write-key, unknown-registry, or probe: a number
  id   TEXT NOT NULL,
  text TEXT NOT NULL,             -- JSON
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
