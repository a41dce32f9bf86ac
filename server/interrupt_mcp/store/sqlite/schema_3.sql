-- Version 3. What was done on the branch that a run left has a column of its own, as has where a run stops besides its
-- graph's breakpoints; and LangGraph's tables are read through views, behind which another database may lay them out
-- otherwise.
ALTER TABLE runs ADD COLUMN breakpoints TEXT;
ALTER TABLE runs ADD COLUMN effects_left TEXT;
UPDATE runs SET effects_left = json_extract(input, '$.rewind.effects_done')
WHERE json_type(input, '$.rewind.effects_done') = 'array';
CREATE VIEW steps AS
SELECT thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id,
       json_extract(CAST(metadata AS TEXT), '$.source') AS source,
       json_extract(CAST(metadata AS TEXT), '$.interrupt_mcp_run') AS run_id
FROM checkpoints;
CREATE VIEW step_writes AS SELECT thread_id, checkpoint_ns, checkpoint_id, task_id, channel FROM writes;
