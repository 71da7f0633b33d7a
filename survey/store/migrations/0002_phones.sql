-- Enrolled phones, what a sending phone's clock says, and work that another person brought in from a saved outbox.

CREATE TABLE device (
  commune TEXT NOT NULL REFERENCES commune,
  device TEXT NOT NULL,                    -- UUID
  person TEXT NOT NULL,                    -- who carries it
  name TEXT NOT NULL,                      -- as the coordinator calls it
  username TEXT NOT NULL,                  -- for Digest and Basic, 18844-k7m29qxd
  token_hash TEXT NOT NULL,                -- SHA-256 of its random secret
  digest_ha1 TEXT NOT NULL,                -- MD5(username:realm:token), RFC 2617
  created_at TEXT NOT NULL,
  enrolled_at TEXT,                        -- when its link was opened on a phone
  seen_at TEXT,
  revoked_at TEXT,
  PRIMARY KEY (commune, device),
  FOREIGN KEY (commune, person) REFERENCES person
);
CREATE UNIQUE INDEX device_token ON device (commune, token_hash);
CREATE UNIQUE INDEX device_username ON device (commune, username);
CREATE INDEX device_person ON device (commune, person);

-- A session or one-time link of an enrolled phone ends with the phone.
ALTER TABLE session ADD COLUMN device TEXT;
ALTER TABLE sign_in_link ADD COLUMN device TEXT;

ALTER TABLE submission ADD COLUMN clock_drift_s REAL;  -- the phone's clock minus the server's when it was sent; NULL: not told
ALTER TABLE submission ADD COLUMN brought_by TEXT;     -- who handed it in for its person, from a saved outbox; NULL: the person
ALTER TABLE submission ADD COLUMN fix_by_hand INTEGER NOT NULL DEFAULT 0; -- 1: its position was put on the map or typed in

-- Random keys that all processes share: '' is the deployment's own (the nonces of Digest).
CREATE TABLE secret (
  commune TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (commune, name)
);

-- Why an instance was kept aside, as the code of its problem; and the files that came with it.
ALTER TABLE instance_conflict ADD COLUMN reason TEXT NOT NULL DEFAULT 'SUBMISSION_CONFLICT';
ALTER TABLE instance_conflict ADD COLUMN replaces TEXT;  -- the submission that it says it corrects
CREATE INDEX instance_conflict_replaces ON instance_conflict (commune, replaces);
CREATE TABLE conflict_file (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  instance_sha256 TEXT NOT NULL,
  name TEXT NOT NULL,                      -- a label given by the client, never a path
  sha256 TEXT NOT NULL,
  reason TEXT,                             -- code of the refusal, where it is not a photo
  PRIMARY KEY (commune, submission, instance_sha256, name, sha256)
);
-- Holds all that a phone asks of a round, what is done where, in the order of the answer: the table itself is not read.
CREATE INDEX submission_done ON submission (commune, round, site, form, state, hamlet);
