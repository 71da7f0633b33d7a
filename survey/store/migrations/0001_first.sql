-- The first schema, for both engines. Common subset only: TEXT, INTEGER (64 bit), REAL (double), BLOB.
-- Times are TEXT in UTC, 2026-11-23T05:56:01.123Z; booleans INTEGER 0/1; JSON is TEXT. Every key begins with commune.

CREATE TABLE commune (
  commune TEXT NOT NULL PRIMARY KEY,       -- official code, 18844
  name TEXT NOT NULL,
  province TEXT NOT NULL,
  border TEXT NOT NULL,                    -- GeoJSON geometry, WGS 84
  source TEXT NOT NULL,                    -- where name and border come from
  demonstration INTEGER NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE hamlet (
  commune TEXT NOT NULL REFERENCES commune,
  hamlet TEXT NOT NULL,                    -- our own lasting id: hamlets have no official code
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  former_commune TEXT,                     -- before the merger of 2025-07-01
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  successor TEXT,
  PRIMARY KEY (commune, hamlet)
);

CREATE TABLE site (
  commune TEXT NOT NULL REFERENCES commune,
  site TEXT NOT NULL,                      -- UUID
  known_from TEXT NOT NULL,                -- when the register learned this version
  known_to TEXT,                           -- when it learned the next one; NULL is the present
  kind TEXT NOT NULL,                      -- household, road_segment, public_place
  code TEXT NOT NULL,                      -- HO-0012, unique in the commune's present register
  name TEXT NOT NULL,
  hamlet TEXT,
  latitude REAL,
  longitude REAL,
  geometry TEXT,                           -- GeoJSON LineString of a road segment
  attributes TEXT NOT NULL,                -- JSON
  search TEXT NOT NULL,                    -- fold(code, name, hamlet, …)
  sort_key TEXT NOT NULL,
  closed INTEGER NOT NULL,                 -- 1: no longer exists; kept for history
  PRIMARY KEY (commune, site, known_from)
);
CREATE UNIQUE INDEX site_present ON site (commune, site) WHERE known_to IS NULL;
CREATE UNIQUE INDEX site_code ON site (commune, code) WHERE known_to IS NULL AND closed = 0;
CREATE INDEX site_codes ON site (commune, code);
CREATE INDEX site_list ON site (commune, kind, hamlet, sort_key, site) WHERE known_to IS NULL AND closed = 0;
CREATE INDEX site_kind ON site (commune, kind, sort_key, site) WHERE known_to IS NULL AND closed = 0;
CREATE INDEX site_sorted ON site (commune, sort_key, site) WHERE known_to IS NULL AND closed = 0;
CREATE INDEX site_position ON site (commune, latitude, longitude) WHERE known_to IS NULL AND closed = 0;

CREATE TABLE survey_round (
  commune TEXT NOT NULL REFERENCES commune,
  round TEXT NOT NULL,                     -- 2026-1
  name TEXT NOT NULL,
  starts_on TEXT NOT NULL,                 -- dates in Asia/Ho_Chi_Minh
  ends_on TEXT NOT NULL,
  PRIMARY KEY (commune, round)
);

CREATE TABLE person (
  commune TEXT NOT NULL REFERENCES commune,
  person TEXT NOT NULL,                    -- UUID
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  locale TEXT NOT NULL,
  password_hash TEXT,                      -- argon2id; NULL: links only
  created_at TEXT NOT NULL,
  disabled_at TEXT,
  PRIMARY KEY (commune, person),
  UNIQUE (commune, login)
);
CREATE INDEX person_login ON person (login);

CREATE TABLE person_hamlet (
  commune TEXT NOT NULL,
  person TEXT NOT NULL,
  hamlet TEXT NOT NULL,
  PRIMARY KEY (commune, person, hamlet),
  FOREIGN KEY (commune, person) REFERENCES person
);

CREATE TABLE session (
  commune TEXT NOT NULL,
  token_hash TEXT NOT NULL,                -- SHA-256 of the cookie's secret
  person TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  ended_at TEXT,
  PRIMARY KEY (commune, token_hash),
  FOREIGN KEY (commune, person) REFERENCES person
);

CREATE TABLE sign_in_link (
  commune TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  person TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT,
  PRIMARY KEY (commune, token_hash),
  FOREIGN KEY (commune, person) REFERENCES person
);

CREATE TABLE form (
  commune TEXT NOT NULL REFERENCES commune,
  form TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,                     -- JSON by language
  site_kind TEXT NOT NULL,                 -- which sites it is for
  xlsform BLOB NOT NULL,                   -- the file as loaded
  xform TEXT NOT NULL,
  xform_md5 TEXT NOT NULL,                 -- OpenRosa's form hash
  tree TEXT NOT NULL,                      -- JSON tree for our renderer and checker
  loaded_at TEXT NOT NULL,
  retired_at TEXT,
  PRIMARY KEY (commune, form, version)
);

CREATE TABLE edition (
  commune TEXT NOT NULL REFERENCES commune,
  edition TEXT NOT NULL,
  document TEXT NOT NULL,                  -- JSON of the YAML files as loaded
  loaded_at TEXT NOT NULL,
  PRIMARY KEY (commune, edition)
);

CREATE TABLE submission (
  commune TEXT NOT NULL REFERENCES commune,
  submission TEXT NOT NULL,                -- instanceID, uuid:…
  code TEXT NOT NULL,                      -- short code to read out
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  site TEXT,
  hamlet TEXT,
  round TEXT,
  person TEXT NOT NULL,
  device TEXT,
  door TEXT NOT NULL,                      -- field, openrosa, command, desk
  started_at TEXT,                         -- when the form was begun on the phone; NULL: not given
  captured_at TEXT NOT NULL,
  received_at TEXT NOT NULL,
  state TEXT NOT NULL,
  state_version INTEGER NOT NULL,          -- compared and raised by every decision
  decided_at TEXT,
  decided_by TEXT,
  replaces TEXT,
  replaced_by TEXT,                        -- the accepted successor
  missing_files INTEGER NOT NULL,
  flag_count INTEGER NOT NULL,
  flag_severity INTEGER NOT NULL,
  latitude REAL,
  longitude REAL,
  accuracy_m REAL,
  altitude_m REAL,
  fix_at TEXT,
  answers TEXT NOT NULL,                   -- canonical JSON
  instance_sha256 TEXT NOT NULL,
  PRIMARY KEY (commune, submission)
);
CREATE INDEX submission_queue ON submission (commune, state, received_at, submission);
CREATE INDEX submission_recent ON submission (commune, received_at, submission);
CREATE INDEX submission_hamlet ON submission (commune, hamlet, state, received_at, submission);
CREATE INDEX submission_person ON submission (commune, person, received_at, submission);
CREATE INDEX submission_returned ON submission (commune, person, received_at, submission) WHERE state = 'returned';
CREATE INDEX submission_form ON submission (commune, form, state, received_at, submission);
CREATE INDEX submission_flagged ON submission (commune, state, received_at, submission) WHERE flag_severity >= 1;
CREATE INDEX submission_site ON submission (commune, site, form, captured_at);
CREATE INDEX submission_code ON submission (commune, code);
CREATE INDEX submission_replaces ON submission (commune, replaces);

-- How many submissions are in each state, kept in the transaction that moves one: the queue's counts without counting.
CREATE TABLE tally (
  commune TEXT NOT NULL,
  state TEXT NOT NULL,
  form TEXT NOT NULL,
  hamlet TEXT NOT NULL,                    -- '' where there is none
  count INTEGER NOT NULL,
  PRIMARY KEY (commune, state, form, hamlet)
);

CREATE TABLE instance (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  xml BLOB NOT NULL,                       -- as received
  PRIMARY KEY (commune, submission)
);

-- The same instanceID with other content: kept aside for a person, never dropped.
CREATE TABLE instance_conflict (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  instance_sha256 TEXT NOT NULL,
  person TEXT NOT NULL,
  received_at TEXT NOT NULL,
  xml BLOB NOT NULL,
  PRIMARY KEY (commune, submission, instance_sha256)
);

CREATE TABLE attachment (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  name TEXT NOT NULL,                      -- a label given by the client, never a path
  question TEXT NOT NULL,                  -- '' while its form has not come
  repeat_key TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  state TEXT NOT NULL,                     -- missing, stored, refused, unreferenced
  reason TEXT,                             -- code of the refusal
  sha256 TEXT,
  capture TEXT NOT NULL,                   -- JSON: source, fixes, lastModified, the phone's own hash
  person TEXT,                             -- who sent the bytes
  received_at TEXT,
  PRIMARY KEY (commune, submission, name)
);
CREATE INDEX attachment_sha256 ON attachment (commune, sha256);

CREATE TABLE blob (
  commune TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  crc32 INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  quarantine INTEGER NOT NULL,
  facts TEXT NOT NULL,                     -- JSON of PhotoFacts
  views TEXT NOT NULL,                     -- waiting, ready, failed, none
  received_at TEXT NOT NULL,
  PRIMARY KEY (commune, sha256)
);

CREATE TABLE flag (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  attachment TEXT NOT NULL,                -- '' for the submission as a whole
  code TEXT NOT NULL,
  severity INTEGER NOT NULL,               -- 1 note, 2 look, 3 likely wrong
  figures TEXT NOT NULL,                   -- JSON
  raised_at TEXT NOT NULL,
  PRIMARY KEY (commune, submission, attachment, code)
);

CREATE TABLE review (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  number INTEGER NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, submission, number)
);

-- One row for every answer that a loaded edition uses (DESIGN 2.13).
CREATE TABLE measure (
  commune TEXT NOT NULL,
  form TEXT NOT NULL,
  question TEXT NOT NULL,
  submission TEXT NOT NULL,
  repeat_key TEXT NOT NULL,
  code TEXT NOT NULL,                      -- '' for numbers; one row a code of a multiple choice
  number REAL,
  site TEXT,
  round TEXT,
  captured_at TEXT NOT NULL,
  PRIMARY KEY (commune, form, question, submission, repeat_key, code)
);
-- Holds all that figures need, so that the table itself is not read; the columns behind the first two are not for seeking.
CREATE INDEX measure_submission ON measure (commune, submission, code, question, repeat_key, number);
CREATE INDEX measure_repeat ON measure (commune, submission, repeat_key) WHERE repeat_key <> '';

-- The questions that the loaded editions use: what receipt writes measures for.
CREATE TABLE edition_question (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  form TEXT NOT NULL,
  question TEXT NOT NULL,
  kind TEXT NOT NULL,                      -- number, code, or answered: only whether there is an answer
  PRIMARY KEY (commune, edition, form, question)
);
CREATE INDEX edition_question_form ON edition_question (commune, form);

-- Which accepted version of a site's form counts at present (DESIGN 2.2).
CREATE TABLE counted (
  commune TEXT NOT NULL,
  form TEXT NOT NULL,
  site TEXT NOT NULL,
  repeat_key TEXT NOT NULL,
  submission TEXT NOT NULL,
  hamlet TEXT,
  captured_at TEXT NOT NULL,
  PRIMARY KEY (commune, form, site, repeat_key)
);
CREATE INDEX counted_submission ON counted (commune, submission);
CREATE INDEX counted_site ON counted (commune, site, form, repeat_key, submission);

-- How often something that figures are made of has changed in a commune.
CREATE TABLE figure_change (
  commune TEXT NOT NULL PRIMARY KEY,
  changes INTEGER NOT NULL
);

-- A commune's present figures, kept until a decision makes them stale.
CREATE TABLE figure (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  document TEXT NOT NULL,                  -- JSON: verdicts with their basis
  computed_at TEXT NOT NULL,
  changes INTEGER NOT NULL,                -- figure_change when they were computed; a greater number there makes them stale
  PRIMARY KEY (commune, edition)
);

CREATE TABLE event (
  commune TEXT NOT NULL,                   -- '' is the deployment's own chain
  seq INTEGER NOT NULL,
  prev TEXT NOT NULL,
  salt TEXT NOT NULL,
  body TEXT NOT NULL,                      -- canonical JSON: ids and hashes only
  hash TEXT NOT NULL,                      -- SHA-256(seq LF prev LF SHA-256(salt LF body))
  PRIMARY KEY (commune, seq)
);

CREATE TABLE event_head (
  commune TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE job (
  commune TEXT NOT NULL,
  job TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,                   -- JSON
  state TEXT NOT NULL,                     -- waiting, running, done, failed
  attempts INTEGER NOT NULL,
  run_after TEXT NOT NULL,
  claimed_by TEXT,
  claimed_at TEXT,
  error TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (commune, job)
);
CREATE INDEX job_waiting ON job (run_after, job) WHERE state = 'waiting';
CREATE INDEX job_running ON job (claimed_at) WHERE state = 'running';

CREATE TABLE worker (
  commune TEXT NOT NULL,                   -- '' : workers serve the whole deployment
  worker TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (commune, worker)
);

CREATE TABLE bundle (
  commune TEXT NOT NULL,
  bundle TEXT NOT NULL,                    -- UUIDv5 of the basis
  basis TEXT NOT NULL,                     -- JSON: scope, as-of date, edition, log head
  files INTEGER NOT NULL,
  size INTEGER NOT NULL,
  person TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (commune, bundle)
);
