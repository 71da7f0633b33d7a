-- Who looked at what (unchained, with retention), and what finds events of the chained log.

CREATE TABLE access_log (
  commune TEXT NOT NULL,
  id TEXT NOT NULL,                        -- window, then a hash of who, what and how: one entry in whatever process it was seen
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  person TEXT NOT NULL,                    -- id; 'operator' at the server
  device TEXT NOT NULL,                    -- id of the enrolled phone; '' for a browser
  act TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,                   -- id or hash; '' where there is one only
  times INTEGER NOT NULL,
  PRIMARY KEY (commune, id)
);
CREATE INDEX access_log_time ON access_log (commune, first_at, id);
CREATE INDEX access_log_person ON access_log (commune, person, first_at, id);
CREATE INDEX access_log_subject ON access_log (commune, subject, first_at, id);
CREATE INDEX access_log_kind ON access_log (commune, kind, first_at, id);
CREATE INDEX access_log_act ON access_log (commune, act, first_at, id);
CREATE INDEX access_log_kind_act ON access_log (commune, kind, act, first_at, id);

-- Finds events; says nothing that the event does not say, and can be made again from it. Old events are added by a worker.
CREATE TABLE event_index (
  commune TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  person TEXT NOT NULL,                    -- who did it; '' where the event does not say
  PRIMARY KEY (commune, seq)
);
CREATE INDEX event_index_at ON event_index (commune, at, seq);
CREATE INDEX event_index_kind ON event_index (commune, kind, at, seq);
CREATE INDEX event_index_person ON event_index (commune, person, at, seq);
CREATE INDEX event_index_person_kind ON event_index (commune, person, kind, at, seq);

-- Each id and hash that an event names, but for who did it.
CREATE TABLE event_subject (
  commune TEXT NOT NULL,
  subject TEXT NOT NULL,
  at TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (commune, subject, at, seq)
);

CREATE INDEX task_code ON task (commune, code);
