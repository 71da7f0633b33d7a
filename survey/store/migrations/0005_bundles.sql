-- Bundles that are asked for, made by workers and sealed; the keys that seal them; where the log's head was made known.

-- What somebody asked for; it becomes a bundle once everything is made.
CREATE TABLE bundle_request (
  commune TEXT NOT NULL,
  request TEXT NOT NULL,                   -- UUID
  scope TEXT NOT NULL,                     -- JSON: as-of date, edition, criterion, hamlet, round, history
  variant TEXT NOT NULL,                   -- full, public
  bag_bytes INTEGER NOT NULL,              -- photos of one bag at most; 0 for a single bag
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  state TEXT NOT NULL,                     -- waiting, gathering, making, sealed, failed, withdrawn
  done INTEGER NOT NULL,                   -- parts that are made
  total INTEGER NOT NULL,                  -- parts in all; 0 while it is not known
  draft TEXT,                              -- SHA-256 of what is made but for its parts, among the made files
  bundle TEXT,                             -- UUIDv5 of the basis, once sealed
  problem TEXT,                            -- JSON: code and details, where it failed
  ended_at TEXT,
  PRIMARY KEY (commune, request)
);
CREATE INDEX bundle_request_at ON bundle_request (commune, at);

-- One piece that a worker makes by itself: a part of the printed report, or a portion of public photos.
CREATE TABLE bundle_part (
  commune TEXT NOT NULL,
  part TEXT NOT NULL,                      -- SHA-256 of what it is made from: the same piece is made once
  request TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,                      -- pdf, photos
  specification TEXT NOT NULL,             -- SHA-256 of its JSON among the made files
  made TEXT,                               -- SHA-256 of the bytes among the made files; NULL while it is not made
  files TEXT,                              -- JSON: name, start, size, CRC-32 and SHA-256 of each file in those bytes
  PRIMARY KEY (commune, request, part)
);

ALTER TABLE bundle ADD COLUMN variant TEXT NOT NULL DEFAULT 'full';
ALTER TABLE bundle ADD COLUMN contents TEXT NOT NULL DEFAULT '';       -- JSON: what it holds in numbers; '' of one made by an older release
ALTER TABLE bundle ADD COLUMN signer TEXT NOT NULL DEFAULT '';         -- fingerprint of the key that sealed it; '' none
ALTER TABLE bundle ADD COLUMN downloaded_at TEXT;                      -- when a download last began; NULL while none has

-- One zip of a sealed bundle: any range of it follows from its layout.
CREATE TABLE bundle_bag (
  commune TEXT NOT NULL,
  bundle TEXT NOT NULL,
  number INTEGER NOT NULL,                 -- from 1
  name TEXT NOT NULL,                      -- of the zip file
  size INTEGER NOT NULL,
  files INTEGER NOT NULL,
  layout TEXT NOT NULL,                    -- SHA-256 of the list of its members, among the made files; '' once these were dropped
  tag_manifest TEXT NOT NULL,              -- SHA-256 of tagmanifest-sha256.txt, which is what was signed
  PRIMARY KEY (commune, bundle, number)
);

-- When a person last began to fetch a zip: what follows soon after is the same download, however it is cut into ranges.
CREATE TABLE bundle_download (
  commune TEXT NOT NULL,
  bundle TEXT NOT NULL,
  number INTEGER NOT NULL,
  person TEXT NOT NULL,
  begun_at TEXT NOT NULL,
  PRIMARY KEY (commune, bundle, number, person)
);

-- A time authority's word (RFC 3161) that a tag manifest existed; added when the network is there.
CREATE TABLE bundle_timestamp (
  commune TEXT NOT NULL,
  bundle TEXT NOT NULL,
  number INTEGER NOT NULL,
  token BLOB NOT NULL,                     -- the DER of the whole answer
  authority TEXT NOT NULL,
  stamped_at TEXT NOT NULL,                -- the authority's time
  PRIMARY KEY (commune, bundle, number)
);

-- Public keys of the deployment (commune ''), never removed: what they sealed stays checkable.
CREATE TABLE signing_key (
  commune TEXT NOT NULL,
  fingerprint TEXT NOT NULL,               -- SHA256:…, as ssh-keygen prints it
  public_key TEXT NOT NULL,                -- ssh-ed25519 AAAA…
  valid_from TEXT NOT NULL,
  valid_to TEXT,                           -- NULL for the one in use
  reason TEXT NOT NULL,
  endorsement TEXT NOT NULL,               -- armoured signature of the former key over this one's line; '' for the first
  lost INTEGER NOT NULL,                   -- 1 where it ended without being there any more: what it seals after valid_to is forged
  PRIMARY KEY (commune, fingerprint)
);

-- Heads of the log that were sent out, a row a day.
CREATE TABLE head_post (
  commune TEXT NOT NULL,
  day TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  address TEXT NOT NULL,
  posted_at TEXT,                          -- NULL while it has not been taken
  answer TEXT NOT NULL,
  PRIMARY KEY (commune, day)
);
