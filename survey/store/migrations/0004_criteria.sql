-- Rules over time and by officers, hamlets as they were known, what people state, who answers for what by when, tasks, samples, briefings.

-- Every document of an edition that was ever loaded: as of an earlier day the one loaded by then counts.
CREATE TABLE edition_version (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  number INTEGER NOT NULL,
  document TEXT NOT NULL,
  loaded_at TEXT NOT NULL,
  PRIMARY KEY (commune, edition, number)
);
INSERT INTO edition_version (commune, edition, number, document, loaded_at) SELECT commune, edition, 1, document, loaded_at FROM edition;

-- What officers entered into an edition: never changed, only followed by another entry.
CREATE TABLE rule_entry (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,                      -- edition, criterion, indicator, threshold, withdrawal
  criterion TEXT,                          -- code it belongs to; NULL for kind edition
  indicator TEXT,                          -- code it belongs to; NULL for kinds edition, criterion
  content TEXT NOT NULL,                   -- JSON in the words of schema/criteria; of a withdrawal the number that it takes back
  source TEXT NOT NULL,                    -- the decision or paper it was read in, in words
  address TEXT NOT NULL,                   -- where that can be read; '' none
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, edition, number)
);

-- Hamlets as the register knew them; the table hamlet holds the present.
CREATE TABLE hamlet_version (
  commune TEXT NOT NULL,
  hamlet TEXT NOT NULL,
  known_from TEXT NOT NULL,                -- '' : from the beginning
  known_to TEXT,                           -- NULL is the present
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  former_commune TEXT,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  successor TEXT,
  decision TEXT NOT NULL DEFAULT '',        -- the paper that the change rests on, in words
  PRIMARY KEY (commune, hamlet, known_from)
);
INSERT INTO hamlet_version (commune, hamlet, known_from, known_to, name, sort_key, former_commune, valid_from, valid_to, successor)
  SELECT commune, hamlet, '', NULL, name, sort_key, former_commune, valid_from, valid_to, successor FROM hamlet;

-- Papers that people attach to what they state; the bytes are in the blob store under their hash.
CREATE TABLE document (
  commune TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,                      -- a label, never a path
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  person TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (commune, sha256)
);
CREATE INDEX document_sha256 ON document (sha256);

-- What a person states of a criterion: its state where no survey can show it, what the commune claims, what the council gives.
CREATE TABLE statement (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  criterion TEXT NOT NULL,
  hamlet TEXT NOT NULL,                    -- '' : the commune
  aspect TEXT NOT NULL,                    -- state, claim, appraisal
  number INTEGER NOT NULL,
  outcome TEXT NOT NULL,                   -- met, not_met; '' takes back what was stated
  level TEXT NOT NULL,                     -- registered, nearly, met where the edition has such levels; else ''
  value REAL,                              -- such as 0.85 where a failing criterion is spoken of as 85 %
  stated_on TEXT NOT NULL,                 -- the day of the paper or decision, in Viet Nam
  document TEXT,                           -- SHA-256
  note TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, edition, criterion, hamlet, aspect, number)
);

-- Figures of a day that is over never change: what was known at its end is known.
CREATE TABLE figure_day (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  as_of TEXT NOT NULL,
  document TEXT NOT NULL,
  computed_at TEXT NOT NULL,
  PRIMARY KEY (commune, edition, as_of)
);

-- One line of a commune's present figures, for pages that show many communes.
CREATE TABLE figure_summary (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  criteria INTEGER NOT NULL,
  met INTEGER NOT NULL,
  not_met INTEGER NOT NULL,
  claimed INTEGER NOT NULL,                -- criteria that the commune claims to meet
  appraised INTEGER NOT NULL,              -- criteria that the council gave
  registered INTEGER NOT NULL,             -- sites of the register
  visited INTEGER NOT NULL,                -- of them, with an accepted submission that counts
  oldest TEXT,                             -- capture of the oldest and newest submission that counts
  newest TEXT,
  computed_at TEXT NOT NULL,
  changes INTEGER NOT NULL,                -- figure_change when it was computed; a greater number there says that it is stale
  renewed_at TEXT,                         -- when a worker last renewed the commune's lines; NULL: a page alone computed this one
  forecast_criteria INTEGER,               -- of the edition of the goal: for so many criteria the days are foreseen; NULL: not foreseen
  forecast_low TEXT,                       -- earliest, likely and latest day; NULL: not known, or never
  forecast_likely TEXT,
  forecast_high TEXT,
  forecast_reason TEXT,                    -- done, by_plan, too_few_known; NULL: the pace says it
  PRIMARY KEY (commune, edition)
);
CREATE INDEX figure_summary_edition ON figure_summary (edition, commune);

-- Who answers for a criterion, with a date; the newest number counts.
CREATE TABLE assignment (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  criterion TEXT NOT NULL,
  number INTEGER NOT NULL,
  agency TEXT NOT NULL,
  person TEXT,                             -- an account; NULL where the named person has none
  person_name TEXT NOT NULL,
  due_on TEXT,
  note TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, edition, criterion, number)
);
CREATE INDEX assignment_person ON assignment (commune, person);

-- What an owner reports on a criterion or one of its milestones.
CREATE TABLE owner_report (
  commune TEXT NOT NULL,
  edition TEXT NOT NULL,
  criterion TEXT NOT NULL,
  number INTEGER NOT NULL,
  milestone TEXT,
  text TEXT NOT NULL,
  done_share REAL,                         -- 0 to 1; NULL: not said
  document TEXT,                           -- SHA-256
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, edition, criterion, number)
);

-- The steps of the roadmap in every version; the newest number counts.
CREATE TABLE milestone (
  commune TEXT NOT NULL,
  milestone TEXT NOT NULL,                 -- UUID
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  edition TEXT,
  criterion TEXT,
  hamlet TEXT,
  indicator TEXT,                          -- of the criterion: the share done is computed from the survey; NULL: it is reported
  days INTEGER NOT NULL,                   -- planned duration
  not_before TEXT,                         -- earliest day to begin
  due_on TEXT,                             -- latest day to end
  needs TEXT NOT NULL,                     -- JSON: ids of the milestones that must be finished first
  person TEXT,
  started_on TEXT,
  finished_on TEXT,
  done_share REAL,
  removed INTEGER NOT NULL,
  entered_by TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, milestone, number)
);

-- What failed items become tasks, as loaded from schema/findings; the newest number counts.
CREATE TABLE finding_rules (
  commune TEXT NOT NULL,
  number INTEGER NOT NULL,
  document TEXT NOT NULL,
  loaded_at TEXT NOT NULL,
  PRIMARY KEY (commune, number)
);

-- What is to be put right at a site or in a hamlet.
CREATE TABLE task (
  commune TEXT NOT NULL,
  task TEXT NOT NULL,                      -- UUID
  code TEXT NOT NULL,                      -- short code to read out
  origin TEXT NOT NULL,                    -- finding, appraisal, resident, person
  finding TEXT,                            -- code in schema/findings
  title TEXT NOT NULL,                     -- as a person wrote it; '' where the finding's words stand
  edition TEXT,
  criterion TEXT,
  site TEXT,
  hamlet TEXT,
  missing REAL,                            -- how much is missing, in unit
  unit TEXT NOT NULL,
  due_on TEXT,
  person TEXT,                             -- who sees to it; NULL: the owner of the criterion
  state TEXT NOT NULL,                     -- open, done, dropped
  version INTEGER NOT NULL,
  opened_at TEXT NOT NULL,
  opened_by TEXT NOT NULL,                 -- '' : by the rules
  opened_submission TEXT,
  before_photo TEXT,                       -- SHA-256
  closed_at TEXT,
  closed_by TEXT,
  closed_submission TEXT,
  after_photo TEXT,
  note TEXT NOT NULL,
  PRIMARY KEY (commune, task)
);
CREATE UNIQUE INDEX task_finding ON task (commune, site, finding) WHERE state = 'open' AND finding IS NOT NULL;
CREATE INDEX task_open ON task (commune, state, due_on, task);
CREATE INDEX task_hamlet ON task (commune, hamlet, state, due_on, task);
CREATE INDEX task_site ON task (commune, site, state);
CREATE INDEX task_person ON task (commune, person, state, due_on, task);
CREATE INDEX task_criterion ON task (commune, edition, criterion, state);

CREATE TABLE task_event (
  commune TEXT NOT NULL,
  task TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,                      -- opened, changed, done, dropped, reopened, noted
  detail TEXT NOT NULL,                    -- JSON
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, task, number)
);

-- Lists of sites drawn by chance for inspectors to visit.
CREATE TABLE visit_list (
  commune TEXT NOT NULL,
  list TEXT NOT NULL,                      -- UUID
  title TEXT NOT NULL,
  edition TEXT NOT NULL,
  criterion TEXT NOT NULL,
  indicator TEXT NOT NULL,
  seed TEXT NOT NULL,
  plan TEXT NOT NULL,                      -- JSON: why so many, where
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  closed_at TEXT,
  PRIMARY KEY (commune, list)
);
CREATE TABLE visit_list_site (
  commune TEXT NOT NULL,
  list TEXT NOT NULL,
  place INTEGER NOT NULL,                  -- order within the list
  site TEXT NOT NULL,
  hamlet TEXT,
  PRIMARY KEY (commune, list, place)
);
CREATE INDEX visit_list_sites ON visit_list_site (commune, site, list);

-- Briefings as they were held: what was said then stays readable.
CREATE TABLE briefing (
  commune TEXT NOT NULL,
  briefing TEXT NOT NULL,                  -- UUID
  number INTEGER NOT NULL,
  edition TEXT NOT NULL,
  as_of TEXT NOT NULL,
  document TEXT NOT NULL,                  -- JSON: everything on it
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, briefing),
  UNIQUE (commune, number)
);

-- What residents sent without an account: kept apart, never evidence before a person has chosen a site.
CREATE TABLE resident_report (
  commune TEXT NOT NULL,
  report TEXT NOT NULL,                    -- UUID
  code TEXT NOT NULL,                      -- short code, told to the sender
  text TEXT NOT NULL,
  hamlet TEXT,
  sha256 TEXT,                             -- of the photo; its bytes are in quarantine
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  sender_mark TEXT NOT NULL,               -- keyed hash of the address for the limits, forgotten after a day
  state TEXT NOT NULL,                     -- waiting, taken, dismissed
  site TEXT,
  task TEXT,
  note TEXT NOT NULL,
  person TEXT,
  received_at TEXT NOT NULL,
  decided_at TEXT,
  PRIMARY KEY (commune, report)
);
CREATE INDEX resident_report_state ON resident_report (commune, state, received_at);
CREATE INDEX resident_report_sender ON resident_report (commune, sender_mark, received_at);
CREATE INDEX resident_report_sha256 ON resident_report (commune, sha256);

-- What people of a hamlet gave: work days, money, land; without names.
CREATE TABLE contribution (
  commune TEXT NOT NULL,
  contribution TEXT NOT NULL,              -- UUID
  hamlet TEXT,
  kind TEXT NOT NULL,                      -- work_days, money_vnd, land_m2
  amount REAL NOT NULL,
  given_on TEXT NOT NULL,
  purpose TEXT NOT NULL,
  document TEXT,                           -- SHA-256
  withdrawn_at TEXT,
  withdrawn_reason TEXT,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (commune, contribution)
);
CREATE INDEX contribution_hamlet ON contribution (commune, hamlet, kind) WHERE withdrawn_at IS NULL;

-- Who may see all communes of the deployment side by side; given by the operator alone.
ALTER TABLE person ADD COLUMN province INTEGER NOT NULL DEFAULT 0;
