-- What the shape functions read of a grant: by the rights of this view's owner, not the pool's.
-- Replaced, not dropped: functions in use must find it at every moment.
CREATE OR REPLACE VIEW gateway.granted AS
SELECT id, dataset_id, columns, row_filter, starts_at, ends_at, revoked_at, suspended_at
  FROM public.sharing_grant;
GRANT SELECT ON gateway.granted TO @pool@;

-- An answer with fewer items than its shape has; numbers keep their digits.
CREATE OR REPLACE FUNCTION gateway.narrow(answer text, names text[]) RETURNS text LANGUAGE sql
STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN answer IN ('N', 'R') THEN answer ELSE (
        SELECT '{' || string_agg(to_json(m.key)::text || ':' || m.value::text, ',' ORDER BY m.place)
                   || '}'
          FROM json_each(answer::json) WITH ORDINALITY m(key, value, place)
         WHERE m.key = ANY (names)) END
$$;

CREATE OR REPLACE FUNCTION gateway.narrow_all(answers text[], names text[]) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(gateway.narrow(a.answer, names) ORDER BY a.place)
      FROM unnest(answers) WITH ORDINALITY a(answer, place)
$$;

-- A token for a system that has proved its secret. Only its digest is kept.
CREATE OR REPLACE FUNCTION gateway.issue_token(client text, token_digest text, seconds integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    IF token_digest !~ '^[0-9a-f]{64}$' OR seconds NOT BETWEEN 1 AND 86400 THEN
        RAISE EXCEPTION 'not a SHA-256 in hexadecimal, or not within a day'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT c.id INTO found FROM public.sharing_client c
     WHERE c.client_id = client AND c.active AND c.admitted FOR SHARE;
    IF found IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.sharing_token (digest, client_id, issued_at, expires_at)
    VALUES (token_digest, found, now(), now() + make_interval(secs => seconds));
    RETURN (SELECT v.version FROM public.sharing_snapshotversion v WHERE v.id = 1);
END
$$;

REVOKE ALL ON FUNCTION gateway.narrow(text, text[]), gateway.narrow_all(text[], text[]),
    gateway.issue_token(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gateway.narrow(text, text[]), gateway.narrow_all(text[], text[]),
    gateway.issue_token(text, text, integer) TO @gateway@;
