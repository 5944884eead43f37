-- Remembers how many pages of a window were read, and the cursor of one of them.
--
-- Why: whether a provider's pages go round was looked at within one turn of 20 pages only, so that pages that do so slowly
-- were read for ever.
-- Workers of before write neither: pages that they read are not counted, and a mark may be of a window before. One that
-- a cursor happens to equal has the window read once more from its beginning.
-- Locks: connection_checkpoints and connection_backfills, exclusively, for an instant. Time: constant.

SET LOCAL ROLE tally_owner;

-- Whose cursors were followed; and the cursor that came last when they were a power of two: pages that go round come by it
-- again. It is kept as the cursor is, sealed where that names a user. Both say nothing where cursor is null.
ALTER TABLE connection_checkpoints
    ADD COLUMN window_pages integer NOT NULL DEFAULT 0,
    ADD COLUMN window_mark text;
ALTER TABLE connection_backfills
    ADD COLUMN window_pages integer NOT NULL DEFAULT 0,
    ADD COLUMN window_mark text;
