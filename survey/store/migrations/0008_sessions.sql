-- Sessions that a person can be shown and can end; wrong guesses that all processes count together.

ALTER TABLE session ADD COLUMN session TEXT;                          -- UUID that may be shown; NULL of one begun before this release, until it is listed
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT '';          -- how it began: password, link, oidc, phone; '' not known
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';      -- a short name such as 'Chrome · Android', '' not known
ALTER TABLE session ADD COLUMN seen_at TEXT;                          -- last use, moved every ten minutes at most
CREATE INDEX session_person ON session (commune, person);

-- What was tried wrongly in one minute (commune ''): keys are HMACs, so that the table names nobody; rows live a quarter of an hour.
CREATE TABLE guess (
  commune TEXT NOT NULL,
  key TEXT NOT NULL,                       -- HMAC of purpose and login, address or both
  minute INTEGER NOT NULL,                 -- since 1970
  tries INTEGER NOT NULL,
  PRIMARY KEY (commune, key, minute)
);
CREATE INDEX guess_minute ON guess (commune, minute);
