-- Made anew whenever the store is written. Documented in docs/fleet.md.
-- Exceptions count for a day (UTC): today for the newest run, the run's own for older ones.
CREATE OR REPLACE VIEW runs AS
  SELECT r.*, r.run = (SELECT max(run) FROM run) AS newest,
    CASE WHEN r.run = (SELECT max(run) FROM run) THEN coalesce(getvariable('today'), current_date) ELSE r.started::DATE END AS day,
    (SELECT count(*) FROM coverage c WHERE c.run = r.run) AS repositories,
    (SELECT count(*) FROM coverage c WHERE c.run = r.run AND c.status NOT IN ('checked', 'empty')) AS not_whole
  FROM run r;
CREATE OR REPLACE VIEW accepted AS
  SELECT x.run, x.part, x.finding, min(e.number) AS number FROM excepted x
  JOIN exception e USING (run, number) JOIN runs r USING (run) WHERE e.until >= r.day
  GROUP BY ALL;
CREATE OR REPLACE VIEW run_findings AS
  SELECT c.run, c.repository, c.team, c.tier, c."commit", f.* EXCLUDE (state, reason),
    CASE WHEN f.state = 'open' AND a.number IS NOT NULL THEN 'excepted' ELSE f.state END AS state,
    coalesce(e.reason, f.reason) AS reason, e.until,
    CASE WHEN f.owners <> '' THEN f.owners ELSE c.team END AS owner
  FROM coverage c JOIN finding f USING (part)
  LEFT JOIN accepted a ON a.run = c.run AND a.part = c.part AND a.finding = f.finding
  LEFT JOIN exception e ON e.run = c.run AND e.number = a.number;
CREATE OR REPLACE VIEW seen AS
  SELECT c.repository, f.finding, min(r.started) AS first_seen, max(r.started) AS last_seen
  FROM (SELECT DISTINCT part, finding FROM finding) f JOIN coverage c USING (part) JOIN run r USING (run)
  GROUP BY ALL;
CREATE OR REPLACE VIEW findings AS
  SELECT f.* EXCLUDE (run), s.first_seen, s.last_seen
  FROM run_findings f JOIN seen s USING (repository, finding)
  WHERE f.run = (SELECT max(run) FROM run);
CREATE OR REPLACE VIEW repository_clauses AS
  WITH broken AS (SELECT run, repository, clause, bool_or(state = 'open') AS open FROM run_findings
                  WHERE severity = 'error' AND state <> 'suppressed' GROUP BY ALL)
  SELECT c.run, c.repository, c.team, k.clause,
    CASE WHEN b.open THEN 'broken'
         WHEN b.clause IS NOT NULL THEN 'accepted'
         WHEN c.status = 'empty' THEN 'kept'
         WHEN c.status = 'checked' AND list_contains(p.clauses, k.clause) THEN 'kept'
         ELSE 'unknown' END AS state
  FROM coverage c CROSS JOIN (VALUES ('C1'), ('C2'), ('C3'), ('C4')) k(clause)
  LEFT JOIN part p USING (part)
  LEFT JOIN broken b ON b.run = c.run AND b.repository = c.repository AND b.clause = k.clause;
CREATE OR REPLACE VIEW clauses AS
  SELECT run, clause, count_if(state = 'kept') AS kept, count_if(state = 'accepted') AS accepted,
    count_if(state = 'broken') AS broken, count_if(state = 'unknown') AS unknown
  FROM repository_clauses GROUP BY run, clause;
CREATE OR REPLACE VIEW repositories AS
  SELECT c.* EXCLUDE (run, part, reused),
    (SELECT count(*) FROM findings f WHERE f.repository = c.repository AND f.state = 'open'
      AND f.severity = 'error') AS errors,
    (SELECT count(*) FROM findings f WHERE f.repository = c.repository AND f.state = 'open'
      AND f.severity = 'warning') AS warnings
  FROM coverage c WHERE c.run = (SELECT max(run) FROM run);
CREATE OR REPLACE VIEW exceptions AS
  SELECT e.* EXCLUDE (run), e.until < coalesce(getvariable('today'), current_date) AS ended,
    (SELECT count(*) FROM excepted x WHERE x.run = e.run AND x.number = e.number) AS findings
  FROM exception e WHERE e.run = (SELECT max(run) FROM run);
CREATE OR REPLACE VIEW owners AS
  SELECT owner, count(*) AS open, count_if(severity = 'error') AS errors, min(first_seen) AS oldest
  FROM findings WHERE state = 'open' GROUP BY owner;
CREATE OR REPLACE VIEW skipped AS
  SELECT c.run, c.repository, n.path, n.kind, n.message, n.complete FROM coverage c JOIN notice n USING (part);
CREATE OR REPLACE VIEW incidents AS
  SELECT value, count(DISTINCT repository) AS repositories, count(*) AS findings, min(first_seen) AS first_seen
  FROM findings WHERE length(value) = 64 AND state = 'open' GROUP BY value;
