-- A second step at sign-in, and who a person is to a provider of identities (OpenID Connect).

CREATE TABLE second_factor (
  commune TEXT NOT NULL,
  person TEXT NOT NULL,
  secret TEXT NOT NULL,                    -- the TOTP key (RFC 6238), AES-256-GCM under a key that is no row, base64
  made_at TEXT NOT NULL,
  confirmed_at TEXT,                       -- NULL until a first code came: codes are not asked for yet
  last_step INTEGER NOT NULL,              -- the newest step of 30 s whose code was taken; 0 for none
  tries INTEGER NOT NULL,                  -- wrong codes since `tries_since`
  tries_since TEXT NOT NULL,
  salt TEXT NOT NULL,                      -- of the recovery codes
  PRIMARY KEY (commune, person)
);

CREATE TABLE recovery_code (
  commune TEXT NOT NULL,
  person TEXT NOT NULL,
  code_hash TEXT NOT NULL,                 -- argon2id with the person's salt
  used_at TEXT,
  PRIMARY KEY (commune, person, code_hash)
);

-- Who has shown the first proof (password, link, identity) and still owes the code; no session.
CREATE TABLE sign_in_step (
  commune TEXT NOT NULL,
  token_hash TEXT NOT NULL,                -- SHA-256 of the cookie's secret
  person TEXT NOT NULL,
  way TEXT NOT NULL,                       -- password, link, identity
  expires_at TEXT NOT NULL,
  passed_at TEXT,                          -- the code was right
  used_at TEXT,                            -- the session was started
  PRIMARY KEY (commune, token_hash)
);
CREATE INDEX sign_in_step_expires ON sign_in_step (commune, expires_at);

CREATE TABLE identity (
  commune TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  person TEXT NOT NULL,
  linked_at TEXT NOT NULL,
  PRIMARY KEY (commune, issuer, subject)
);
CREATE INDEX identity_person ON identity (commune, person);
CREATE INDEX identity_subject ON identity (issuer, subject);
