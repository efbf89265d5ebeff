-- What the gateway's memory is filled from, and how it learns of changes.
-- The log says which rows changed at which version. The version is taken from the one row of
-- sharing_snapshotversion under its lock, so versions become visible in their order.
CREATE TABLE IF NOT EXISTS gateway.change (
    version bigint NOT NULL,
    kind    text   NOT NULL,
    key     text   NOT NULL,
    PRIMARY KEY (version, kind, key)
);
REVOKE ALL ON gateway.change FROM PUBLIC;

CREATE OR REPLACE FUNCTION gateway.log_change() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    raised bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM changed) THEN
        RETURN NULL;
    END IF;
    UPDATE public.sharing_snapshotversion SET version = version + 1 WHERE id = 1
        RETURNING version INTO STRICT raised;
    IF TG_ARGV[0] = 'token' THEN
        INSERT INTO gateway.change SELECT DISTINCT raised, 'token', c.digest FROM changed c;
    ELSE
        INSERT INTO gateway.change SELECT DISTINCT raised, TG_ARGV[0], c.id::text FROM changed c;
    END IF;
    -- A gateway that is further behind loads everything anew (grants.LOG_LENGTH).
    DELETE FROM gateway.change WHERE version <= raised - 100000;
    PERFORM pg_notify('huitong_grants', '');
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION gateway.log_change() FROM PUBLIC;

DO $$
DECLARE
    kind text;
    event text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['grant', 'client', 'token'] LOOP
        FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
            EXECUTE format(
                'CREATE OR REPLACE TRIGGER gateway_log_%s AFTER %s ON public.sharing_%s '
                'REFERENCING %s TABLE AS changed FOR EACH STATEMENT '
                'EXECUTE FUNCTION gateway.log_change(%L)',
                lower(event), event, kind, CASE event WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END, kind);
        END LOOP;
    END LOOP;
END
$$;

DROP VIEW IF EXISTS gateway.snapshot_version;
CREATE VIEW gateway.snapshot_version AS
SELECT version, extract(epoch FROM clock_timestamp())::float8 AS at
  FROM public.sharing_snapshotversion WHERE id = 1;

DROP VIEW IF EXISTS gateway.snapshot_change;
CREATE VIEW gateway.snapshot_change AS SELECT version, kind, key FROM gateway.change;

DROP VIEW IF EXISTS gateway.snapshot_grant;
CREATE VIEW gateway.snapshot_grant AS
SELECT g.id, g.dataset_id, d.code AS dataset, g.consumer_id, g.columns::text AS columns,
       g.row_filter::text AS row_filter, extract(epoch FROM g.starts_at)::float8 AS starts_at,
       extract(epoch FROM g.ends_at)::float8 AS ends_at, g.revoked_at IS NOT NULL AS revoked,
       g.suspended_at IS NOT NULL AS suspended, g.stop_cite::text AS stop_cite,
       g.cite::text AS cite
  FROM public.sharing_grant g
  JOIN public.catalogue_dataset d ON d.id = g.dataset_id
 WHERE g.ends_at > now() - interval '90 days';

DROP VIEW IF EXISTS gateway.snapshot_token;
CREATE VIEW gateway.snapshot_token AS
SELECT t.digest, c.id AS client_id, c.client_id AS client, c.consumer_id, c.active,
       extract(epoch FROM t.expires_at)::float8 AS expires_at, t.revoked_at IS NOT NULL AS revoked
  FROM public.sharing_token t
  JOIN public.sharing_client c ON c.id = t.client_id
 WHERE t.expires_at > now() - interval '1 day';

DROP VIEW IF EXISTS gateway.snapshot_client;
CREATE VIEW gateway.snapshot_client AS
SELECT id, client_id AS client, secret_hash, consumer_id, active AND admitted AS active
  FROM public.sharing_client;

DROP VIEW IF EXISTS gateway.snapshot_dataset;
CREATE VIEW gateway.snapshot_dataset AS SELECT id, code FROM public.catalogue_dataset;

GRANT SELECT ON gateway.snapshot_version, gateway.snapshot_change, gateway.snapshot_grant,
    gateway.snapshot_token, gateway.snapshot_client, gateway.snapshot_dataset TO @grants@;
