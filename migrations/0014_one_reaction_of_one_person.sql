-- A reaction is told again by every download, under the name that whoever gave it had then. Which names are one person's
-- is known only when all people are known, and changes with what people decide; so `reaction` keeps a row for each name and
-- the views show one for each person and emoji: the name of the newest download that tells it (rows stand in that order), the
-- time where any tells one. An emoji is the same with and without a variation selector.

-- The first row of each person and emoji.
CREATE VIEW shown_reaction AS
SELECT x.record_id AS record_id, x.position AS position, h.handle AS actor, x.reaction AS reaction,
       coalesce(x.at_ms, (
         SELECT min(y.at_ms) FROM reaction y JOIN handle g ON g.id = y.actor_id
          WHERE y.record_id = x.record_id AND g.person_id = h.person_id
            AND replace(replace(y.reaction, char(65039), ''), char(65038), '')
              = replace(replace(x.reaction, char(65039), ''), char(65038), ''))) AS at_ms
  FROM reaction x
  JOIN handle h ON h.id = x.actor_id
 WHERE NOT EXISTS (
         SELECT 1 FROM reaction y JOIN handle g ON g.id = y.actor_id
          WHERE y.record_id = x.record_id AND y.position < x.position AND g.person_id = h.person_id
            AND replace(replace(y.reaction, char(65039), ''), char(65038), '')
              = replace(replace(x.reaction, char(65039), ''), char(65038), ''));

DROP VIEW reactions;
CREATE VIEW reactions AS
SELECT r.public_id AS record_id, x.actor AS actor, x.reaction AS reaction, x.at_ms AS at_ms
  FROM shown_reaction x
  JOIN record r ON r.id = x.record_id;

DROP VIEW messages;
CREATE VIEW messages AS
SELECT v.*, t.title AS thread, v.author AS sender, v.at AS sent_at, v.at_ms AS sent_ms,
       r.share_url AS share_url, r.share_text AS share_text, r.share_owner AS share_owner,
       r.call_seconds AS call_seconds, r.is_unsent AS is_unsent, r.is_edited AS is_edited,
       CASE WHEN r.n_reactions < 2 THEN r.n_reactions
            ELSE (SELECT count(*) FROM shown_reaction x WHERE x.record_id = r.id) END AS reaction_count
  FROM record r
  JOIN records v ON v.id = r.public_id
  LEFT JOIN thread t ON t.id = r.thread_id
 WHERE r.kind = 5;
