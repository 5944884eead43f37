-- Keeps what providers called things before, with since when, so that a report of the past shows the names of its time.
--
-- Why: provider_objects knows one name of each thing, the newest. A project that was renamed was called by its new name
-- in every past month, so that a report of a month was another one each time somebody asked. Each name stays here
-- from the list that told it first; it is in force until the next one. A report shows what was in force when the time ended
-- that its row is of, and, of what was listed later only, the earliest.
-- Names of today begin when their thing was listed first: what it was called before, nobody kept.
-- Workers of before write no names here: one that is new while a deployment lasts begins with the next list.
-- Locks: provider_objects, exclusively, while it is read once. Time: some seconds for a million of them.

SET LOCAL ROLE tally_owner;

CREATE TABLE provider_object_names (
    org_id        uuid NOT NULL,
    connection_id uuid NOT NULL,
    kind          text NOT NULL,
    -- As in provider_objects: of a user, the hash of the id.
    id            text NOT NULL,
    -- When the reading began of the list that told it first.
    seen_at       timestamptz NOT NULL,
    -- As in provider_objects, and sealed for the same place.
    sealed_name   bytea NOT NULL,
    PRIMARY KEY (org_id, connection_id, kind, id, seen_at),
    CONSTRAINT provider_object_names_belong_to_a_connection
        FOREIGN KEY (org_id, connection_id) REFERENCES connections (org_id, id),
    CONSTRAINT provider_object_names_kind_is_known CHECK (kind IN ('project', 'api_key', 'user')),
    CONSTRAINT provider_object_names_ids_of_users_are_sealed
        CHECK (kind <> 'user' OR id ~ '^[0-9a-f]{64}$')
);
CREATE INDEX provider_object_names_by_time ON provider_object_names (org_id, kind, id, seen_at);
SELECT tally.distribute('provider_object_names');
SELECT tally.isolate('provider_object_names');
CREATE TRIGGER provider_object_names_are_append_only BEFORE UPDATE ON provider_object_names
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_change();
-- The guard: a name goes with its organization, or once all usage that could show it has gone, since a later one was in
-- force already when what is kept begins.
CREATE FUNCTION tally.refuse_removal_of_shown_names() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'tally_worker' AND (tally.is_erased(OLD.org_id) OR EXISTS (
        SELECT FROM public.provider_object_names AS n
        JOIN public.organization_states AS s ON s.org_id = n.org_id
        WHERE n.org_id = OLD.org_id AND n.connection_id = OLD.connection_id AND n.kind = OLD.kind
            AND n.id = OLD.id AND n.seen_at > OLD.seen_at AND s.retention_begins_at <= now()
            AND n.seen_at < tally.usage_kept_from(s.retention_months, now())))
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is kept', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'TABLE_IS_APPEND_ONLY';
END
$$;
CREATE TRIGGER provider_object_names_are_kept BEFORE DELETE ON provider_object_names
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_removal_of_shown_names();
DROP TRIGGER provider_object_names_go_with_their_organization ON provider_object_names;
GRANT SELECT ON provider_object_names TO tally_service;
GRANT SELECT, INSERT, DELETE ON provider_object_names TO tally_worker;

-- These tables' policies are switched off for their owner while it copies. Users in clear, whom a worker of before may
-- have left, begin with the next list.
ALTER TABLE provider_objects NO FORCE ROW LEVEL SECURITY;
ALTER TABLE provider_object_names NO FORCE ROW LEVEL SECURITY;
INSERT INTO provider_object_names (org_id, connection_id, kind, id, seen_at, sealed_name)
SELECT org_id, connection_id, kind, id, first_seen_at, sealed_name FROM provider_objects
WHERE kind <> 'user' OR id_is_sealed;
ALTER TABLE provider_object_names FORCE ROW LEVEL SECURITY;
ALTER TABLE provider_objects FORCE ROW LEVEL SECURITY;
