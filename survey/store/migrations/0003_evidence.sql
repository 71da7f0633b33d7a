-- What a photo's pixels say, which photos look alike, how people judged what the checks found, and what is private about a photo.

ALTER TABLE blob ADD COLUMN look TEXT;                 -- JSON of PhotoLook; NULL: not looked at yet
ALTER TABLE blob ADD COLUMN erased_at TEXT;            -- its bytes are gone by a person's decision; hash and events stay
ALTER TABLE blob ADD COLUMN erased_by TEXT;             -- who decided that, and why
ALTER TABLE blob ADD COLUMN erased_reason TEXT;
CREATE INDEX blob_erased ON blob (erased_at) WHERE erased_at IS NOT NULL;
CREATE INDEX blob_unlooked ON blob (commune, sha256) WHERE look IS NULL AND quarantine = 0 AND views <> 'none';
CREATE INDEX blob_sha256 ON blob (sha256);

ALTER TABLE submission ADD COLUMN risk INTEGER NOT NULL DEFAULT 0;  -- what its open flags add up to; the queue sorts by it
ALTER TABLE submission ADD COLUMN answers_mark TEXT;   -- SHA-256 of its answers without site, photos, positions and times; NULL: too few
ALTER TABLE submission ADD COLUMN consent TEXT;        -- what the people of the place said to being photographed: given, refused, absent
UPDATE submission SET risk = COALESCE((SELECT CASE WHEN SUM(CASE f.severity WHEN 3 THEN 100 WHEN 2 THEN 10 ELSE 1 END) > 9999 THEN 9999
  ELSE SUM(CASE f.severity WHEN 3 THEN 100 WHEN 2 THEN 10 ELSE 1 END) END FROM flag f
  WHERE f.commune = submission.commune AND f.submission = submission.submission), 0);
CREATE INDEX submission_risk ON submission (commune, state, risk DESC, received_at, submission);
CREATE INDEX submission_hamlet_risk ON submission (commune, hamlet, state, risk DESC, received_at, submission);
CREATE INDEX submission_route ON submission (commune, person, captured_at, submission);
CREATE INDEX submission_spot ON submission (commune, latitude, longitude, captured_at, submission) WHERE latitude IS NOT NULL;
CREATE INDEX submission_mark ON submission (commune, form, answers_mark, person, round, captured_at) WHERE answers_mark IS NOT NULL;

-- Work that nobody waits for is done when nothing else waits.
ALTER TABLE job ADD COLUMN background INTEGER NOT NULL DEFAULT 0;
DROP INDEX job_waiting;
CREATE INDEX job_waiting ON job (background, run_after, job) WHERE state = 'waiting';

-- The same bytes are found in every commune of the deployment.
CREATE INDEX attachment_bytes ON attachment (sha256) WHERE sha256 IS NOT NULL;

-- Four perceptual hashes of each photo (64 bits, signed), numbered in the order in which they became visible within the commune.
CREATE TABLE likeness (
  commune TEXT NOT NULL,
  seq INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  whole INTEGER NOT NULL,
  centre90 INTEGER NOT NULL,
  top80 INTEGER NOT NULL,
  centre80 INTEGER NOT NULL,
  PRIMARY KEY (commune, seq),
  UNIQUE (commune, sha256)
);

-- The last number given in a commune: its row is locked until the numbers' transaction has ended; and how far other communes were compared.
CREATE TABLE likeness_count (
  commune TEXT NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL,
  compared INTEGER NOT NULL,               -- up to this number every photo was compared with all other communes
  target INTEGER NOT NULL,                 -- the pass under way takes the numbers after compared up to this one; equal: no pass
  reached_commune TEXT NOT NULL,           -- how far the pass has come among the other communes' photos
  reached_seq INTEGER NOT NULL
);

-- Two photos that look alike: the newer one first.
CREATE TABLE likeness_pair (
  commune TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  other_commune TEXT NOT NULL,
  other_sha256 TEXT NOT NULL,
  distance INTEGER NOT NULL,               -- bits of 64 that differ
  how TEXT NOT NULL,                       -- which part of the newer one is found in the older one, and how turned
  found_at TEXT NOT NULL,
  PRIMARY KEY (commune, sha256, other_commune, other_sha256)
);
CREATE INDEX likeness_pair_other ON likeness_pair (other_commune, other_sha256);

-- What was said of a flag, while its figures are those that were judged: confirmed, dismissed; '': nothing.
ALTER TABLE flag ADD COLUMN
  verdict TEXT NOT NULL DEFAULT '';
-- Copies of its submission's columns: the queue finds the submissions of one check, in its order, on one index.
ALTER TABLE flag ADD COLUMN
  state TEXT NOT NULL DEFAULT '';
ALTER TABLE flag ADD COLUMN
  received_at TEXT NOT NULL DEFAULT '';
ALTER TABLE flag ADD COLUMN risk INTEGER NOT NULL DEFAULT 0;
UPDATE flag SET state = (SELECT s.state FROM submission s WHERE s.commune = flag.commune AND s.submission = flag.submission),
  received_at = (SELECT s.received_at FROM submission s WHERE s.commune = flag.commune AND s.submission = flag.submission),
  risk = (SELECT s.risk FROM submission s WHERE s.commune = flag.commune AND s.submission = flag.submission);
CREATE INDEX flag_code ON flag (commune, state, code, received_at, submission, verdict);
CREATE INDEX flag_code_risk ON flag (commune, state, code, risk DESC, received_at, submission, verdict);
CREATE INDEX flag_judged ON flag (commune, state, verdict, received_at, submission) WHERE verdict <> '';
CREATE INDEX flag_judged_risk ON flag (commune, state, verdict, risk DESC, received_at, submission) WHERE verdict <> '';

-- How many flags of each check stand, so that nobody counts a million of them.
CREATE TABLE flag_tally (
  commune TEXT NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (commune, code)
);
INSERT INTO flag_tally (commune, code, count) SELECT commune, code, COUNT(*) FROM flag GROUP BY commune, code;

-- What people said of a flag; the newest counts, and only while the flag's figures are those that were judged.
CREATE TABLE flag_judgement (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  attachment TEXT NOT NULL,
  code TEXT NOT NULL,
  number INTEGER NOT NULL,
  verdict TEXT NOT NULL,                   -- confirmed, dismissed, taken_back
  reason TEXT NOT NULL,
  figures TEXT NOT NULL,                   -- JSON of the flag's figures as they were judged
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, submission, attachment, code, number)
);
CREATE INDEX flag_judgement_code ON flag_judgement (commune, code, verdict);

-- What a commune has set for itself: thresholds of checks, how long photos are kept. The newest number counts.
CREATE TABLE setting (
  commune TEXT NOT NULL,
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  value TEXT NOT NULL,                     -- '' : back to the default
  reason TEXT NOT NULL,                    -- why, or the source of the value
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, name, number)
);

-- Which parts of a photo are covered on its public copy; the newest number counts.
CREATE TABLE cover (
  commune TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  number INTEGER NOT NULL,
  boxes TEXT NOT NULL,                     -- JSON: [[left, top, width, height], …] as shares of the upright picture
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, sha256, number)
);
CREATE INDEX cover_bytes ON cover (sha256);

-- A checklist that is there for photos brought to the desk: phones do not offer it.
ALTER TABLE form ADD COLUMN desk_only INTEGER NOT NULL DEFAULT 0;

-- Photos that a person brought to the desk and has neither handed in nor thrown away; their bytes rest with the unfinished uploads.
CREATE TABLE desk_photo (
  commune TEXT NOT NULL,
  person TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,                      -- a label, never a path
  size INTEGER NOT NULL,
  facts TEXT NOT NULL,                     -- JSON of PhotoFacts
  thumb INTEGER,                           -- bytes of its small view; NULL: not made yet; 0: cannot be made
  site TEXT,                               -- the site that the person chose; NULL: as proposed
  day TEXT,                                -- the day that the person gave where the file tells none
  left_out INTEGER NOT NULL DEFAULT 0,
  brought_at TEXT NOT NULL,
  PRIMARY KEY (commune, person, sha256)
);
CREATE INDEX desk_photo_brought ON desk_photo (brought_at);
