-- What a photo's pixels say, which photos look alike, how people judged what the checks found, and what is private about a photo.

ALTER TABLE blob ADD COLUMN look TEXT;                 -- JSON of PhotoLook; NULL: not looked at yet
ALTER TABLE blob ADD COLUMN erased_at TEXT;            -- its bytes are gone by a person's decision; hash and events stay
CREATE INDEX blob_unlooked ON blob (commune, sha256) WHERE look IS NULL AND quarantine = 0 AND views <> 'none';
CREATE INDEX blob_sha256 ON blob (sha256);

ALTER TABLE submission ADD COLUMN risk INTEGER NOT NULL DEFAULT 0;  -- what its open flags add up to; the queue sorts by it
ALTER TABLE submission ADD COLUMN answers_mark TEXT;   -- SHA-256 of its answers without site, photos, positions and times; NULL: too few
ALTER TABLE submission ADD COLUMN consent TEXT;        -- what the people of the place said to being photographed: given, refused, absent
UPDATE submission SET risk = CASE flag_severity WHEN 3 THEN 100 WHEN 2 THEN 10 ELSE flag_severity END;
CREATE INDEX submission_risk ON submission (commune, state, risk DESC, received_at, submission);
CREATE INDEX submission_route ON submission (commune, person, captured_at, submission);
CREATE INDEX submission_spot ON submission (commune, latitude, longitude) WHERE latitude IS NOT NULL;
CREATE INDEX submission_mark ON submission (commune, form, answers_mark, captured_at) WHERE answers_mark IS NOT NULL;

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
  compared INTEGER NOT NULL
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

CREATE INDEX flag_code ON flag (commune, code, submission);

-- What people said of a flag; the newest counts, and only while the flag's figures are those that were judged.
CREATE TABLE flag_judgement (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  attachment TEXT NOT NULL,
  code TEXT NOT NULL,
  number INTEGER NOT NULL,
  verdict TEXT NOT NULL,                   -- confirmed, dismissed
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
