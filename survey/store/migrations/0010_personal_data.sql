-- What the commune says it does with people's data and why, what people asked for and said at the office, and what was erased.

-- What data is used for what, on which ground, as the commune states it; the newest number counts.
CREATE TABLE purpose (
  commune TEXT NOT NULL,
  purpose TEXT NOT NULL,                   -- register, visits, photos, positions, publishing, residents, accounts, logs
  number INTEGER NOT NULL,
  words TEXT NOT NULL,                     -- what for; '' takes back what was stated
  ground TEXT NOT NULL,                    -- on which legal ground, in the commune's words
  source TEXT NOT NULL,                    -- the document that says so
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, purpose, number)
);

-- What the people of a home said at the office, beside what each visit has; the newest number counts.
CREATE TABLE consent_record (
  commune TEXT NOT NULL,
  site TEXT NOT NULL,
  number INTEGER NOT NULL,
  said TEXT NOT NULL,                      -- given, withdrawn
  said_on TEXT NOT NULL,                   -- the day, in Viet Nam
  note TEXT NOT NULL,
  document TEXT,                           -- SHA-256 of a paper
  person TEXT NOT NULL,                    -- who took it down
  at TEXT NOT NULL,
  PRIMARY KEY (commune, site, number)
);
CREATE INDEX consent_record_at ON consent_record (commune, at);

-- What people asked for about their data, in every version; the newest number counts.
CREATE TABLE data_request (
  commune TEXT NOT NULL,
  request TEXT NOT NULL,                   -- UUID
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,                      -- access, correction, erasure, objection, complaint
  subject_kind TEXT NOT NULL,              -- site, person; '' of nobody in the register
  subject TEXT NOT NULL,                   -- id
  words TEXT NOT NULL,                     -- what was asked for
  received_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  due_source TEXT NOT NULL,                -- why that day; '' : as the summary of docs/privacy.md has it
  answers TEXT,                            -- person who answers
  state TEXT NOT NULL,                     -- open, done, refused
  outcome TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, request, number)
);

-- What people say about an answer that stays as it was received.
CREATE TABLE correction_note (
  commune TEXT NOT NULL,
  submission TEXT NOT NULL,
  number INTEGER NOT NULL,
  words TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, submission, number)
);

-- Homes and accounts whose data was erased.
CREATE TABLE erasure (
  commune TEXT NOT NULL,
  subject_kind TEXT NOT NULL,              -- site, person
  subject TEXT NOT NULL,                   -- id
  number INTEGER NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, subject_kind, subject, number)
);
ALTER TABLE submission ADD COLUMN erased_at TEXT;  -- its words, instance, positions and names of files are gone; hash and figures stay

-- What must not be erased by itself while an appraisal or a dispute lasts.
CREATE TABLE legal_hold (
  commune TEXT NOT NULL,
  hold TEXT NOT NULL,                      -- UUID
  kind TEXT NOT NULL,                      -- site, round
  subject TEXT NOT NULL,                   -- id of the site or round
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  ended_at TEXT,
  ended_by TEXT,
  ended_reason TEXT,
  PRIMARY KEY (commune, hold)
);

-- What the phone's notice said, in each version that phones could show; the newest number is in force since its moment.
CREATE TABLE notice (
  commune TEXT NOT NULL,
  number INTEGER NOT NULL,
  version TEXT NOT NULL,                   -- as phones send it: 16 digits of a hash of the text's number, the years and the contact
  words TEXT NOT NULL,                     -- JSON: sentences by language, as shown
  at TEXT NOT NULL,
  PRIMARY KEY (commune, number)
);
