-- Has the statements of this transaction look messages up by index: how many there are is never known, since tables fill and
-- are emptied faster than they are analysed, and a plan that reads one from end to end does so for each lane.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)
