-- Uses: what the gateway noted, shipped from its spools. Kept three years at least: HL-28.2.
CREATE TABLE IF NOT EXISTS gateway.use (
    segment     text        NOT NULL,
    position    integer     NOT NULL,
    at          timestamptz NOT NULL,
    client_id   bigint,
    consumer_id bigint,
    grant_id    bigint,
    dataset_id  bigint,
    shape       text,
    outcome     text        NOT NULL,
    rows        integer     NOT NULL,
    key_mac     bytea,
    body_digest bytea,
    PRIMARY KEY (segment, position)
);
CREATE INDEX IF NOT EXISTS use_by_grant_at ON gateway.use (grant_id, at) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS use_at ON gateway.use USING brin (at);

-- One row a day and kind of use, so that supervision need not read every use.
CREATE TABLE IF NOT EXISTS gateway.use_day (
    day         date        NOT NULL,
    dataset_id  bigint      NOT NULL,
    consumer_id bigint      NOT NULL,
    grant_id    bigint      NOT NULL,
    outcome     text        NOT NULL,
    calls       bigint      NOT NULL,
    rows        bigint      NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    PRIMARY KEY (day, dataset_id, consumer_id, grant_id, outcome)
);
CREATE INDEX IF NOT EXISTS use_day_by_grant ON gateway.use_day (grant_id, day);

-- How many records of a segment are in gateway.use; raised in the transaction that put them there.
CREATE TABLE IF NOT EXISTS gateway.spool_offset (
    segment    text        PRIMARY KEY,
    shipped    integer     NOT NULL,
    shipped_at timestamptz NOT NULL
);

-- One row for each chunk that was shipped: the entry of the ledger that vouches for it.
CREATE TABLE IF NOT EXISTS gateway.use_chunk (
    segment    text        NOT NULL,
    first      integer     NOT NULL,
    count      integer     NOT NULL,
    root       text        NOT NULL,
    entry_uuid uuid        NOT NULL UNIQUE,
    PRIMARY KEY (segment, first)
);

CREATE OR REPLACE FUNCTION gateway.keep_uses() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'uses are kept for three years and never changed (HL-28.2)'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE OR REPLACE TRIGGER keep_uses BEFORE UPDATE OR DELETE ON gateway.use
    FOR EACH ROW EXECUTE FUNCTION gateway.keep_uses();
CREATE OR REPLACE TRIGGER keep_all_uses BEFORE TRUNCATE ON gateway.use
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.keep_uses();

-- What was copied to gateway.use from `first_position` on is counted by day and vouched for by an
-- entry of the ledger. The shipper has no other way to either table; kind and actor are fixed here.
CREATE OR REPLACE FUNCTION gateway.seal_uses(
    in_segment text, first_position integer, record_count integer,
    entry_uuid uuid, entry_at timestamptz, entry_facts jsonb, entry_leaf_hash bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    SELECT count(*) INTO found FROM gateway.use u
     WHERE u.segment = in_segment AND u.position >= first_position
       AND u.position < first_position + record_count;
    IF found <> record_count THEN
        RAISE EXCEPTION '% of % uses of % are there', found, record_count, in_segment;
    END IF;
    INSERT INTO gateway.use_day AS d
        (day, dataset_id, consumer_id, grant_id, outcome, calls, rows, first_at, last_at)
    SELECT (u.at AT TIME ZONE 'Asia/Shanghai')::date, coalesce(u.dataset_id, 0),
           coalesce(u.consumer_id, 0), coalesce(u.grant_id, 0), u.outcome,
           count(*), sum(u.rows), min(u.at), max(u.at)
      FROM gateway.use u
     WHERE u.segment = in_segment AND u.position >= first_position
       AND u.position < first_position + record_count
     GROUP BY 1, 2, 3, 4, 5
     ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (day, dataset_id, consumer_id, grant_id, outcome) DO UPDATE
       SET calls = d.calls + excluded.calls, rows = d.rows + excluded.rows,
           first_at = least(d.first_at, excluded.first_at),
           last_at = greatest(d.last_at, excluded.last_at);
    INSERT INTO gateway.use_chunk (segment, first, count, root, entry_uuid)
    VALUES (in_segment, first_position, record_count, entry_facts ->> 'use_root', entry_uuid);
    INSERT INTO public.ledger_entry (uuid, kind, subject, actor, at, cite, facts, leaf_hash)
    VALUES (entry_uuid, 'gateway.uses', 'segment:' || in_segment, 'system:gateway', entry_at,
            ARRAY['HL-28.2'], entry_facts, entry_leaf_hash);
END
$$;

-- For the pages: a provider may look into the use of its data (HL-28.3).
DROP VIEW IF EXISTS gateway.use_by_grant;
CREATE VIEW gateway.use_by_grant AS
SELECT grant_id, dataset_id, consumer_id, day, outcome, calls, rows, first_at, last_at
  FROM gateway.use_day;

DROP VIEW IF EXISTS gateway.use_record;
CREATE VIEW gateway.use_record AS
SELECT segment, position, segment || '.' || position AS receipt, at, client_id, consumer_id, grant_id,
       dataset_id, shape, outcome, rows, key_mac, body_digest
  FROM gateway.use;

REVOKE ALL ON gateway.use, gateway.use_day, gateway.spool_offset, gateway.use_chunk FROM PUBLIC;
REVOKE ALL ON FUNCTION gateway.seal_uses(text, integer, integer, uuid, timestamptz, jsonb, bytea)
    FROM PUBLIC;
REVOKE ALL ON FUNCTION gateway.keep_uses() FROM PUBLIC;
GRANT INSERT ON gateway.use TO @shipper@;
GRANT SELECT, INSERT, UPDATE ON gateway.spool_offset TO @shipper@;
GRANT EXECUTE ON FUNCTION
    gateway.seal_uses(text, integer, integer, uuid, timestamptz, jsonb, bytea) TO @shipper@;
GRANT SELECT ON gateway.use_by_grant, gateway.use_record, gateway.use_chunk TO @app@;
