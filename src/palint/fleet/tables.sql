CREATE TABLE meta (version INTEGER NOT NULL);
CREATE TABLE run (
  run INTEGER PRIMARY KEY, started TIMESTAMP NOT NULL, finished TIMESTAMP NOT NULL, palint VARCHAR NOT NULL,
  digest VARCHAR NOT NULL, policy VARCHAR NOT NULL, keyed BOOLEAN NOT NULL, complete BOOLEAN NOT NULL);
CREATE TABLE part (part VARCHAR PRIMARY KEY, repository VARCHAR, "commit" VARCHAR, palint VARCHAR, files INTEGER,
  rules VARCHAR[], clauses VARCHAR[]);
CREATE TABLE coverage (
  run INTEGER NOT NULL, repository VARCHAR NOT NULL, address VARCHAR, team VARCHAR, tier VARCHAR, branch VARCHAR,
  forge VARCHAR, "commit" VARCHAR, part VARCHAR, status VARCHAR NOT NULL, reason VARCHAR, reused BOOLEAN,
  seconds DOUBLE, PRIMARY KEY (run, repository));
CREATE TABLE notice (part VARCHAR NOT NULL, path VARCHAR, kind VARCHAR, message VARCHAR, complete BOOLEAN);
CREATE TABLE finding (part VARCHAR NOT NULL, {columns});
CREATE TABLE link (part VARCHAR NOT NULL, workflow VARCHAR, job VARCHAR, trigger VARCHAR, role VARCHAR, path VARCHAR,
  line INTEGER, secret VARCHAR, kind VARCHAR);
CREATE TABLE exception (run INTEGER NOT NULL, number INTEGER, repository VARCHAR, rule VARCHAR, path VARCHAR,
  reason VARCHAR, owner VARCHAR, until DATE);
CREATE TABLE excepted (run INTEGER NOT NULL, part VARCHAR, finding VARCHAR, number INTEGER);
