-- Version 7. How often processes died with a run where it stands, and where that is: a run that kills whoever drives it is
-- not handed on for ever. And in which epoch its agent's code began, of drives after a death.
ALTER TABLE runs ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN stood_at TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN begun_epoch INTEGER NOT NULL DEFAULT 0;
