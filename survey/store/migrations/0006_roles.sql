-- Who may do what: the rounds that an appraiser reads, and the last day of an account that is given for some weeks.

-- An appraiser without a row here reads no evidence at all.
CREATE TABLE person_round (
  commune TEXT NOT NULL,
  person TEXT NOT NULL,
  round TEXT NOT NULL,
  PRIMARY KEY (commune, person, round)
);

ALTER TABLE person ADD COLUMN closes_on TEXT;   -- last day in Viet Nam on which the account works; NULL: no end is set
